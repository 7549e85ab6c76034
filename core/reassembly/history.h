// SPDX-License-Identifier: Apache-2.0
// History: the bytes delivered last, of all streams in one ring, so that a retransmission can be
// compared with what the application got. Fixed memory; appending allocates nothing.
// Each record points to the one before it of the same stream; what was overwritten is known by its
// position and never read.
// Thread: its owner's.
#pragma once

#include "core/bytes/view.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace podglass::reassembly {

// Two versions of the same bytes, cut to the part from the first to the last difference.
struct Mismatch
{
    std::uint64_t offset = 0; // in the stream
    bytes::ByteView older;
    bytes::ByteView newer;
};

// The differing part of two views of equal length that begin at `offset`.
std::optional<Mismatch>
firstToLastDifference(std::uint64_t offset, bytes::ByteView older, bytes::ByteView newer);

class History
{
public:
    // 0: keeps nothing.
    explicit History(std::size_t capacity);

    // `last` is the stream's most recent record (0: none); returns its new one.
    std::uint64_t append(std::uint64_t last, std::uint64_t offset, bytes::ByteView bytes);

    struct Comparison
    {
        std::optional<Mismatch> mismatch; // views into the ring and into what was given
        std::size_t compared = 0;         // bytes that were still here
    };

    [[nodiscard]] Comparison
    compare(std::uint64_t last, std::uint64_t offset, bytes::ByteView bytes) const;

private:
    struct Record
    {
        std::uint64_t previous;
        std::uint64_t offset;
        std::uint64_t length;
    };

    std::uint64_t appendPiece(std::uint64_t last, std::uint64_t offset, bytes::ByteView bytes);
    [[nodiscard]] bool isHere(std::uint64_t position) const;
    [[nodiscard]] Record recordAt(std::uint64_t position) const;

    std::vector<std::uint8_t> m_ring;
    std::uint64_t m_head; // position of the next record; positions only grow
};

} // namespace podglass::reassembly
