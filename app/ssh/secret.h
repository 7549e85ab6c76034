// SPDX-License-Identifier: Apache-2.0
// Secret: text that is wiped when it goes; it cannot be copied, printed or grown in place.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace podglass::ssh {

class Secret
{
public:
    Secret() = default;

    explicit Secret(std::string&& text)
        : m_text(std::move(text))
    {
        wipe(text); // a short string was copied, not moved
    }

    Secret(Secret&& other) noexcept
        : m_text(std::move(other.m_text))
    {
        wipe(other.m_text);
    }

    Secret& operator=(Secret&& other) noexcept
    {
        if (this != &other) {
            wipe(m_text);
            m_text = std::move(other.m_text);
            wipe(other.m_text);
        }
        return *this;
    }

    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;

    ~Secret() { wipe(m_text); }

    [[nodiscard]] const char* text() const { return m_text.c_str(); }

    [[nodiscard]] std::size_t size() const { return m_text.size(); }

    [[nodiscard]] std::string_view view() const { return m_text; }

    static void wipe(std::string& text)
    {
        text.clear(); // moved-from, it may hold anything
        text.resize(text.capacity());
        ::explicit_bzero(text.data(), text.size());
        text.clear();
    }

private:
    std::string m_text;
};

} // namespace podglass::ssh
