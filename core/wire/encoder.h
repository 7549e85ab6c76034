// SPDX-License-Identifier: Apache-2.0
// Encoder: fields to bytes. Integers little endian, bool and enumerations one byte, text and bytes
// with a u32 length before them, lists with a u32 count.
// Contract: appends to `out`. Numbers are many and small: those that stand beside each other are
// stored into room that is asked for once.
#pragma once

#include "core/bytes/cursor.h"
#include "core/wire/fields.h"
#include "core/wire/scratch.h"

namespace podglass::wire {

// Fields of a fixed size on the wire: numbers, enumerators and ids.
template <typename T>
inline constexpr bool isNumber = std::is_enum_v<T> || std::is_integral_v<T>;
template <typename Tag>
inline constexpr bool isNumber<base::Id<Tag>> = true;

class Encoder
{
public:
    explicit Encoder(Scratch& out)
        : m_out(out)
    {}

    // The bytes of the next field that has any are left out, only their length is written: they
    // come last in the frame, and the caller puts them there.
    void leaveOutBytes(bytes::ByteView& leftOut) { m_leftOut = &leftOut; }

    template <typename... Fields>
    void operator()(const Fields&... fields)
    {
        if constexpr ((isNumber<Fields> && ...)) {
            std::uint8_t* at = m_out.take((sizeof(Fields) + ...));
            ((at = store(at, fields)), ...);
        } else {
            (put(fields), ...);
        }
    }

    void putBytes(bytes::ByteView bytes)
    {
        put(static_cast<std::uint32_t>(bytes.size()));
        putRaw(bytes);
    }

    void putRaw(bytes::ByteView bytes)
    {
        if (!bytes.empty())
            std::memcpy(m_out.take(bytes.size()), bytes.data(), bytes.size());
    }

    // For store().
    [[nodiscard]] std::uint8_t* room(std::size_t size) { return m_out.take(size); }

    // Where the next number goes.
    template <typename T>
    static std::uint8_t* store(std::uint8_t* at, const T& value)
    {
        if constexpr (std::is_enum_v<T>) {
            return store(at, static_cast<std::underlying_type_t<T>>(value));
        } else if constexpr (std::is_same_v<T, bool>) {
            *at = value ? 1 : 0;
            return at + 1;
        } else if constexpr (std::is_integral_v<T>) {
            const auto wire =
                bytes::convert<std::endian::little>(static_cast<std::make_unsigned_t<T>>(value));
            std::memcpy(at, &wire, sizeof wire);
            return at + sizeof wire;
        } else {
            return store(at, value.value); // base::Id
        }
    }

private:
    template <typename T>
    void put(const T& value)
    {
        if constexpr (isNumber<T>)
            store(m_out.take(sizeof value), value);
        else if constexpr (std::is_convertible_v<const T&, std::string_view>)
            putBytes(bytes::asBytes(value));
        else
            visit(*this, value);
    }

    template <std::size_t Size>
    void put(const std::array<std::uint8_t, Size>& fixed)
    {
        putRaw(fixed);
    }

    void put(const bytes::ByteView& view)
    {
        if (m_leftOut == nullptr) {
            putBytes(view);
            return;
        }
        put(static_cast<std::uint32_t>(view.size()));
        *m_leftOut = view;
    }

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

    Scratch& m_out;
    bytes::ByteView* m_leftOut = nullptr;
};

} // namespace podglass::wire
