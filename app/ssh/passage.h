// SPDX-License-Identifier: Apache-2.0
// Passage: what was read from a channel until it is written; its room is made once and never
// cleared. Contract: put() at most room(), taken() at most waiting(); room begins again when
// everything was taken. One owner, one thread.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace podglass::ssh {

class Passage
{
public:
    explicit Passage(std::size_t size)
        : m_bytes(new char[size]) // left as it is
        , m_size(size)
    {}

    [[nodiscard]] std::span<char> room() { return {m_bytes.get() + m_end, m_size - m_end}; }

    void put(std::size_t count) { m_end += count; }

    [[nodiscard]] std::span<const char> waiting() const
    {
        return {m_bytes.get() + m_begin, m_end - m_begin};
    }

    void taken(std::size_t count)
    {
        m_begin += count;
        if (m_begin == m_end)
            m_begin = m_end = 0;
    }

    [[nodiscard]] bool empty() const { return m_begin == m_end; }

    [[nodiscard]] bool full() const { return m_end == m_size; }

private:
    std::unique_ptr<char[]> m_bytes;
    std::size_t m_size;
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
};

} // namespace podglass::ssh
