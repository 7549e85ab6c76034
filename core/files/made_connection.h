// SPDX-License-Identifier: Apache-2.0
// MadeConnection: one connection written as TCP packets that are made from what is known of its
// streams. Sequence numbers move over each hole by its length; a hole that the peer acknowledged is
// acknowledged, another is not; what the snapshot length cut is cut. Comments go with the next
// packet. Owns nothing but numbers. Errors: the first one of the writer stays. Thread: one.
#pragma once

#include "core/base/result.h"
#include "core/files/made_packet.h"
#include "core/files/pcapng_writer.h"

#include <string>

namespace podglass::files {

class MadeConnection
{
public:
    // `number` makes the initial sequence numbers.
    MadeConnection(PcapngWriter& out, const flow::ConnectionOpened& opened, std::uint64_t number);

    // The handshake; not where it was not seen.
    void open(base::Timestamp at);
    void send(flow::Direction direction, bytes::ByteView data, base::Timestamp at);
    // `acknowledged`: the peer had the bytes. `cut`: they are cut out of packets.
    void
    hole(flow::Direction direction, std::uint64_t length, flow::GapKind kind, base::Timestamp at);
    // Another version of bytes that were sent already, ending at or before position().
    void again(flow::Direction direction,
               std::uint64_t offset,
               bytes::ByteView data,
               base::Timestamp at);
    void close(const flow::ConnectionClosed& closed, base::Timestamp at);

    // For the next packet of any direction.
    void comment(const std::string& text);
    // A packet without data, if a comment still waits for one.
    void flushComment(base::Timestamp at);

    // Where the next byte goes; holes included.
    [[nodiscard]] std::uint64_t position(flow::Direction direction) const
    {
        return m_sides[static_cast<std::size_t>(direction)].next;
    }

    [[nodiscard]] const base::Status& status() const { return m_status; }

    [[nodiscard]] std::uint64_t packets() const { return m_packets; }

private:
    struct Side
    {
        std::uint32_t first = 0; // sequence number of offset 0
        std::uint64_t next = 0;
        std::uint64_t acknowledged = 0; // how far the peer may say that it has it
        std::uint64_t told = 0;         // how far it has said so
        bool unacknowledged = false;    // a hole that the peer never acknowledged
        bool finished = false;
    };

    Side& side(flow::Direction direction) { return m_sides[static_cast<std::size_t>(direction)]; }

    void acknowledge(flow::Direction direction, base::Timestamp at);
    void advance(Side& moved, std::uint64_t length);
    void packet(flow::Direction direction,
                TcpFlag flags,
                std::uint64_t offset,
                bytes::ByteView data,
                base::Timestamp at,
                std::uint32_t cut = 0);

    PcapngWriter& m_out;
    flow::ConnectionOpened m_opened;
    std::array<Side, 2> m_sides;
    std::string m_comment;
    std::vector<std::uint8_t> m_frame;
    std::uint64_t m_packets = 0;
    base::Status m_status = base::Done{};
};

} // namespace podglass::files
