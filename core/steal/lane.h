// SPDX-License-Identifier: Apache-2.0
// Lane: the bytes of one direction of a proxied connection, in stream order and in three parts:
//
//   | sent, kept for another try | cleared: may go to the receiver | not looked at yet |
//
// Contract: never holds more than its limit. Thread: the loop's.
#pragma once

#include "core/bytes/watermark_buffer.h"

#include <algorithm>

namespace podglass::steal {

class Lane
{
public:
    explicit Lane(std::size_t limit)
        : m_buffer(limit)
    {}

    [[nodiscard]] std::size_t room() const { return m_buffer.room(); }

    std::size_t append(bytes::ByteView bytes) { return m_buffer.append(bytes); }

    [[nodiscard]] bytes::ByteView unread() const { return m_buffer.view().subspan(m_cleared); }

    [[nodiscard]] bytes::ByteView due() const
    {
        return m_buffer.view().subspan(m_kept, m_cleared - m_kept);
    }

    [[nodiscard]] bool empty() const { return m_buffer.empty(); }

    [[nodiscard]] bool keeps() const { return m_kept != 0; }

    // The next `count` unread bytes may go.
    void clear(std::size_t count) { m_cleared += std::min(count, unread().size()); }

    // `count` of the due bytes went. Kept ones still take room.
    void went(std::size_t count, bool keep)
    {
        m_kept += count;
        if (!keep)
            dropKept();
    }

    void dropKept()
    {
        m_buffer.consume(m_kept);
        m_cleared -= m_kept;
        m_kept = 0;
    }

    // What was kept is due once more.
    void sendAgain() { m_kept = 0; }

    void dropUnread() { m_buffer.truncate(m_cleared); }

    void releaseIfEmpty() { m_buffer.releaseIfEmpty(); }

private:
    bytes::WatermarkBuffer m_buffer;
    std::size_t m_kept = 0;
    std::size_t m_cleared = 0; // kept ones included
};

} // namespace podglass::steal
