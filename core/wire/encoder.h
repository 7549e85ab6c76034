// SPDX-License-Identifier: Apache-2.0
// Encoder: fields to bytes. Integers little endian, bool and enumerations one byte, text and bytes
// with a u32 length before them, lists with a u32 count.
// Contract: appends to `out`, which holds room beyond what was written until the encoder ends; so
// nobody else touches it meanwhile. Numbers are many and small: each costs a comparison and a
// store.
#pragma once

#include "core/bytes/cursor.h"
#include "core/wire/fields.h"

namespace podglass::wire {

class Encoder
{
public:
    explicit Encoder(std::vector<std::uint8_t>& out)
        : m_out(out)
        , m_used(out.size())
    {}

    Encoder(const Encoder&) = delete;
    Encoder& operator=(const Encoder&) = delete;

    ~Encoder() { m_out.resize(m_used); }

    // The bytes of the next field that has any are left out, only their length is written: they
    // come last in the frame, and the caller puts them there.
    void leaveOutBytes(bytes::ByteView& leftOut) { m_leftOut = &leftOut; }

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

    void putRaw(bytes::ByteView bytes)
    {
        if (bytes.empty())
            return;
        if (bytes.size() > copiedInPlace) {
            // Room made first would be filled twice.
            m_out.resize(m_used);
            m_out.insert(m_out.end(), bytes.begin(), bytes.end());
        } else {
            std::memcpy(room(bytes.size()), bytes.data(), bytes.size());
        }
        m_used += bytes.size();
    }

private:
    static constexpr std::size_t copiedInPlace = 1'024;
    // Made at a time beyond what is asked for. It is filled with zeros first, which for a kibibyte
    // costs as much as encoding a small event does.
    static constexpr std::size_t roomAhead = 128;

    std::uint8_t* room(std::size_t size)
    {
        if (m_out.size() - m_used < size) [[unlikely]]
            m_out.resize(m_used + size + roomAhead);
        return m_out.data() + m_used;
    }

    template <std::unsigned_integral T>
    void putNumber(T value)
    {
        const T wire = bytes::convert<std::endian::little>(value);
        std::memcpy(room(sizeof wire), &wire, sizeof wire);
        m_used += sizeof wire;
    }

    template <typename T>
    void put(const T& value)
    {
        if constexpr (std::is_same_v<T, bool>)
            put(static_cast<std::uint8_t>(value ? 1 : 0));
        else if constexpr (std::is_enum_v<T>)
            put(static_cast<std::underlying_type_t<T>>(value));
        else if constexpr (std::is_integral_v<T>)
            putNumber(static_cast<std::make_unsigned_t<T>>(value));
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

    std::vector<std::uint8_t>& m_out;
    std::size_t m_used; // of m_out; the rest is room
    bytes::ByteView* m_leftOut = nullptr;
};

} // namespace podglass::wire
