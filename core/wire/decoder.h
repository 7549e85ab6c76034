// SPDX-License-Identifier: Apache-2.0
// Decoder: bytes to fields, the mirror of Encoder. Once something does not fit, failed() stays true
// and every later field stays empty; the caller checks done() at the end.
#pragma once

#include "core/bytes/cursor.h"
#include "core/wire/fields.h"

namespace podglass::wire {

class Decoder
{
public:
    explicit Decoder(bytes::ByteView bytes)
        : m_reader(bytes)
    {}

    template <typename... Fields>
    void operator()(Fields&... fields)
    {
        (get(fields), ...);
    }

    // Everything was there and nothing is left.
    [[nodiscard]] bool done() const { return !m_reader.failed() && m_reader.rest().empty(); }

    [[nodiscard]] bool failed() const { return m_reader.failed(); }

    [[nodiscard]] std::size_t remaining() const { return m_reader.rest().size(); }

    void fail() { m_reader.fail(); }

    bytes::ByteView bytes()
    {
        const auto length = m_reader.number<std::uint32_t>();
        return m_reader.view(length);
    }

    bytes::ByteView raw(std::size_t length) { return m_reader.view(length); }

private:
    template <typename T>
    void get(T& value)
    {
        if constexpr (std::is_same_v<T, bool>) {
            const auto byte = m_reader.number<std::uint8_t>();
            if (byte > 1)
                fail();
            value = byte == 1;
        } else if constexpr (std::is_enum_v<T>) {
            const auto number = m_reader.number<std::underlying_type_t<T>>();
            if (number > static_cast<std::underlying_type_t<T>>(lastOf<T>))
                fail();
            else
                value = static_cast<T>(number);
        } else if constexpr (std::is_integral_v<T>) {
            value = static_cast<T>(m_reader.number<std::make_unsigned_t<T>>());
        } else {
            visit(*this, value);
        }
    }

    void get(std::string& text) { text = bytes::asText(bytes()); }

    void get(std::string_view& text) { text = bytes::asText(bytes()); }

    void get(bytes::ByteView& view) { view = bytes(); }

    template <typename Tag>
    void get(base::Id<Tag>& id)
    {
        get(id.value);
    }

    template <std::size_t Size>
    void get(std::array<std::uint8_t, Size>& fixed)
    {
        const bytes::ByteView view = m_reader.view(Size);
        if (view.size() == Size)
            std::memcpy(fixed.data(), view.data(), Size);
    }

    void get(std::vector<std::uint8_t>& list)
    {
        const bytes::ByteView view = bytes();
        list.assign(view.begin(), view.end());
    }

    template <typename T>
    void get(std::vector<T>& list)
    {
        const auto count = m_reader.number<std::uint32_t>();
        // Every item takes a byte at least, so a count beyond the rest is a lie.
        if (count > remaining()) {
            fail();
            return;
        }
        for (std::uint32_t i = 0; i < count && !failed(); ++i)
            get(list.emplace_back());
    }

    bytes::LittleReader m_reader;
};

} // namespace podglass::wire
