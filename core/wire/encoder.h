// SPDX-License-Identifier: Apache-2.0
// Encoder: fields to bytes. Integers little endian, bool and enumerations one byte, text and bytes
// with a u32 length before them, lists with a u32 count.
#pragma once

#include "core/bytes/cursor.h"
#include "core/wire/fields.h"

namespace podglass::wire {

class Encoder
{
public:
    explicit Encoder(std::vector<std::uint8_t>& out)
        : m_out(out)
    {}

    template <typename... Fields>
    void operator()(const Fields&... fields)
    {
        (put(fields), ...);
    }

    void putBytes(bytes::ByteView bytes)
    {
        put(static_cast<std::uint32_t>(bytes.size()));
        putRaw(bytes);
    }

    void putRaw(bytes::ByteView bytes) { m_out.insert(m_out.end(), bytes.begin(), bytes.end()); }

private:
    template <typename T>
    void put(const T& value)
    {
        if constexpr (std::is_same_v<T, bool>)
            put(static_cast<std::uint8_t>(value ? 1 : 0));
        else if constexpr (std::is_enum_v<T>)
            put(static_cast<std::underlying_type_t<T>>(value));
        else if constexpr (std::is_integral_v<T>)
            bytes::appendNumber<std::endian::little>(m_out,
                                                     static_cast<std::make_unsigned_t<T>>(value));
        else if constexpr (std::is_convertible_v<const T&, std::string_view>)
            putBytes(bytes::asBytes(value));
        else
            visit(*this, value);
    }

    template <typename Tag>
    void put(const base::Id<Tag>& id)
    {
        put(id.value);
    }

    template <std::size_t Size>
    void put(const std::array<std::uint8_t, Size>& fixed)
    {
        putRaw(fixed);
    }

    void put(const bytes::ByteView& view) { putBytes(view); }

    template <typename T>
    void put(const std::vector<T>& list)
    {
        if constexpr (std::is_same_v<T, std::uint8_t>) {
            putBytes(list);
        } else {
            put(static_cast<std::uint32_t>(list.size()));
            for (const T& item : list)
                put(item);
        }
    }

    std::vector<std::uint8_t>& m_out;
};

} // namespace podglass::wire
