// SPDX-License-Identifier: Apache-2.0
// Texts that must not stay in memory: private keys and passphrases.
// Source: explicit_bzero(3), which no optimizer takes out.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace podglass::base {

// With what the string holds beyond its end from longer times.
inline void wipe(std::string& text)
{
    text.resize(text.capacity());
    ::explicit_bzero(text.data(), text.size());
    text.clear();
}

inline void wipe(std::vector<std::uint8_t>& bytes)
{
    bytes.resize(bytes.capacity());
    ::explicit_bzero(bytes.data(), bytes.size());
    bytes.clear();
}

// A text that is wiped when it ends. Move only, so that there is one.
class Secret
{
public:
    Secret() = default;

    explicit Secret(std::string text)
        : m_text(std::move(text))
    {}

    // Copied, and then wiped: of a moved text a short one would stay behind.
    Secret(Secret&& other) noexcept
        : m_text(other.m_text) // NOLINT(performance-move-constructor-init)
    {
        wipe(other.m_text);
    }

    Secret& operator=(Secret&& other) noexcept
    {
        if (this != &other) {
            wipe(m_text);
            m_text = other.m_text;
            wipe(other.m_text);
        }
        return *this;
    }

    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;

    ~Secret() { wipe(m_text); }

    [[nodiscard]] const std::string& text() const { return m_text; }

    [[nodiscard]] bool empty() const { return m_text.empty(); }

private:
    std::string m_text;
};

} // namespace podglass::base
