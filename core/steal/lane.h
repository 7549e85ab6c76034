// SPDX-License-Identifier: Apache-2.0
// Lane: the bytes of one direction of a proxied connection, in stream order and in three parts:
//
//   | sent, kept for another try | cleared: may go to the receiver | not looked at yet |
//
// Contract: never holds more than its limit. Bytes that most often go at once are lent: they are
// copied into the lane only if settle() finds some left. Thread: the loop's.
#pragma once

#include "core/bytes/watermark_buffer.h"

#include <algorithm>
#include <utility>

namespace podglass::steal {

class Lane
{
public:
    explicit Lane(std::size_t limit)
        : m_buffer(limit)
    {}

    [[nodiscard]] std::size_t room() const { return m_buffer.room() - m_lent.size(); }

    std::size_t append(bytes::ByteView bytes)
    {
        settle();
        return m_buffer.append(bytes);
    }

    // As append(), of no more than there is room for; `bytes` must stay until settle().
    void lend(bytes::ByteView bytes)
    {
        if (empty())
            m_lent = bytes;
        else
            append(bytes);
    }

    // What was lent and has not gone becomes the lane's own.
    void settle()
    {
        if (!m_lent.empty())
            m_buffer.append(std::exchange(m_lent, {}));
    }

    [[nodiscard]] bool isLent() const { return !m_lent.empty(); }

    [[nodiscard]] bytes::ByteView unread() const { return view().subspan(m_cleared); }

    [[nodiscard]] bytes::ByteView due() const { return view().subspan(m_kept, m_cleared - m_kept); }

    [[nodiscard]] bool empty() const { return view().empty(); }

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
        if (m_lent.empty())
            m_buffer.consume(m_kept);
        else
            m_lent = m_lent.subspan(m_kept);
        m_cleared -= m_kept;
        m_kept = 0;
    }

    // What was kept is due once more.
    void sendAgain() { m_kept = 0; }

    void dropUnread()
    {
        settle();
        m_buffer.truncate(m_cleared);
    }

    void releaseIfEmpty() { m_buffer.releaseIfEmpty(); }

private:
    [[nodiscard]] bytes::ByteView view() const { return m_lent.empty() ? m_buffer.view() : m_lent; }

    bytes::WatermarkBuffer m_buffer;
    bytes::ByteView m_lent; // then the buffer is empty
    std::size_t m_kept = 0;
    std::size_t m_cleared = 0; // kept ones included
};

} // namespace podglass::steal
