// SPDX-License-Identifier: Apache-2.0
#include "core/reassembly/history.h"

#include <algorithm>
#include <cstring>

namespace podglass::reassembly {

namespace {

using bytes::ByteView;

// A retransmission walks back this many records at most; the work per packet stays bounded.
constexpr int mostSteps = 256;

} // namespace

std::optional<Mismatch> firstToLastDifference(std::uint64_t offset, ByteView older, ByteView newer)
{
    const std::size_t length = std::min(older.size(), newer.size());
    if (length == 0 || std::memcmp(older.data(), newer.data(), length) == 0)
        return std::nullopt;
    std::size_t first = 0;
    while (older[first] == newer[first])
        ++first;
    std::size_t last = length;
    while (older[last - 1] == newer[last - 1])
        --last;
    return Mismatch{
        offset + first, older.subspan(first, last - first), newer.subspan(first, last - first)};
}

History::History(std::size_t capacity)
    : m_ring(capacity)
    , m_head(capacity) // so that position 0 is "none" and nothing is read before it is written
{}

std::uint64_t History::append(std::uint64_t last, std::uint64_t offset, ByteView bytes)
{
    if (m_ring.size() < 64)
        return 0;
    const std::size_t largest = m_ring.size() / 4;
    while (bytes.size() > largest) {
        last = appendPiece(last, offset, bytes.first(largest));
        offset += largest;
        bytes = bytes.subspan(largest);
    }
    return appendPiece(last, offset, bytes);
}

std::uint64_t History::appendPiece(std::uint64_t last, std::uint64_t offset, ByteView bytes)
{
    const std::size_t needed = sizeof(Record) + bytes.size();
    const std::size_t room = m_ring.size() - m_head % m_ring.size();
    if (room < needed)
        m_head += room; // a record never wraps
    const std::uint64_t position = m_head;
    std::uint8_t* to = m_ring.data() + position % m_ring.size();
    const Record record{last, offset, bytes.size()};
    std::memcpy(to, &record, sizeof(record));
    if (!bytes.empty())
        std::memcpy(to + sizeof(record), bytes.data(), bytes.size());
    m_head += needed;
    return position;
}

bool History::isHere(std::uint64_t position) const
{
    return position != 0 && position + m_ring.size() >= m_head;
}

History::Record History::recordAt(std::uint64_t position) const
{
    Record record{};
    std::memcpy(&record, m_ring.data() + position % m_ring.size(), sizeof(record));
    return record;
}

History::Comparison History::compare(std::uint64_t last, std::uint64_t offset, ByteView bytes) const
{
    Comparison outcome;
    const std::uint64_t end = offset + bytes.size();
    for (int step = 0; step < mostSteps && isHere(last); ++step) {
        const Record record = recordAt(last);
        const std::uint64_t begin = std::max(offset, record.offset);
        const std::uint64_t stop = std::min(end, record.offset + record.length);
        if (begin < stop) {
            const std::uint8_t* data = m_ring.data() + last % m_ring.size() + sizeof(Record);
            const ByteView kept(data + (begin - record.offset), stop - begin);
            outcome.compared += kept.size();
            // Walking backwards: an earlier difference replaces a later one.
            if (auto found =
                    firstToLastDifference(begin, kept, bytes.subspan(begin - offset, kept.size())))
                outcome.mismatch = found;
        }
        if (record.offset <= offset)
            break;
        last = record.previous;
    }
    return outcome;
}

} // namespace podglass::reassembly
