// SPDX-License-Identifier: Apache-2.0
// Checked reading and writing of fixed-width integers. A Reader never reads past its view: once a
// read does not fit, failed() stays true and every later read gives zero, so a decoder checks once
// at the end. Little is for our own protocol, Big for network headers.
#pragma once

#include "core/bytes/view.h"

#include <bit>
#include <concepts>
#include <cstring>
#include <vector>

namespace podglass::bytes {

template <std::endian Order, std::unsigned_integral T>
T convert(T value)
{
    if constexpr (Order == std::endian::native || sizeof(T) == 1) {
        return value;
    } else {
        T out = 0;
        for (std::size_t i = 0; i < sizeof(T); ++i)
            out = static_cast<T>(
                out | static_cast<T>(((value >> (8 * i)) & 0xff) << (8 * (sizeof(T) - 1 - i))));
        return out;
    }
}

template <std::endian Order>
class Reader
{
public:
    explicit Reader(ByteView bytes)
        : m_rest(bytes)
    {}

    template <std::unsigned_integral T>
    T number()
    {
        T value = 0;
        const ByteView raw = view(sizeof(T));
        if (raw.size() == sizeof(T))
            std::memcpy(&value, raw.data(), sizeof(T));
        return convert<Order>(value);
    }

    // Exactly `length` bytes, or an empty view and failed().
    ByteView view(std::size_t length)
    {
        if (m_failed || length > m_rest.size()) {
            m_failed = true;
            return {};
        }
        const ByteView taken = m_rest.first(length);
        m_rest = m_rest.subspan(length);
        return taken;
    }

    void fail() { m_failed = true; }

    [[nodiscard]] bool failed() const { return m_failed; }

    [[nodiscard]] ByteView rest() const { return m_rest; }

private:
    ByteView m_rest;
    bool m_failed = false;
};

using LittleReader = Reader<std::endian::little>;
using BigReader = Reader<std::endian::big>;

template <std::endian Order, std::unsigned_integral T>
void appendNumber(std::vector<std::uint8_t>& out, T value)
{
    const T wire = convert<Order>(value);
    const auto* raw = reinterpret_cast<const std::uint8_t*>(&wire);
    out.insert(out.end(), raw, raw + sizeof(T));
}

} // namespace podglass::bytes
