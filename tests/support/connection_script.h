// SPDX-License-Identifier: Apache-2.0
// A TCP connection written segment by segment: c() sends from the client, s() from the server,
// offsets count from the first byte after the SYN. Packets go through a real Tracker.
#pragma once

#include "core/reassembly/tracker.h"

#include "tests/support/packet_builder.h"
#include "tests/support/stream_recorder.h"

namespace podglass::support {

class ConnectionScript
{
public:
    static constexpr std::int64_t millisecond = 1'000'000;

    explicit ConnectionScript(
        reassembly::TrackerOptions options = reassembly::TrackerOptions::file())
        : tracker(recorder, m_ids, options)
    {}

    // -- segments; offsets may be negative or beyond what was sent ---------------------------

    void c(std::int64_t offset, std::string_view payload, std::uint8_t flags = ackFlag)
    {
        send(client, server, clientIsn, offset, payload, flags, clientAcks + serverIsn + 1);
    }

    void s(std::int64_t offset, std::string_view payload, std::uint8_t flags = ackFlag)
    {
        send(server, client, serverIsn, offset, payload, flags, serverAcks + clientIsn + 1);
    }

    // What the next segments acknowledge, as an offset of the other side's stream.
    void serverAcknowledges(std::uint32_t offset)
    {
        serverAcks = offset;
        s(0, "");
    }

    void clientAcknowledges(std::uint32_t offset)
    {
        clientAcks = offset;
        c(0, "");
    }

    void handshake()
    {
        syn();
        synAck();
        c(0, "");
    }

    void syn()
    {
        TcpSpec spec = from(client, server);
        spec.sequence = clientIsn;
        spec.flags = synFlag;
        packet(spec);
    }

    void synAck()
    {
        TcpSpec spec = from(server, client);
        spec.sequence = serverIsn;
        spec.acknowledgement = clientIsn + 1;
        spec.flags = synFlag | ackFlag;
        packet(spec);
    }

    TcpSpec from(const flow::Endpoint& source, const flow::Endpoint& destination)
    {
        TcpSpec spec;
        spec.source = source;
        spec.destination = destination;
        spec.window = window;
        spec.identification = ++m_identification;
        return spec;
    }

    void packet(const TcpSpec& spec) { frame(ethernetBytes(spec)); }

    void frame(const Bytes& bytes)
    {
        at.nanoseconds += 10'000;
        tracker.onPacket(packetOf(bytes, at));
    }

    void wait(std::int64_t milliseconds) { at.nanoseconds += milliseconds * millisecond; }

    // -- what came out -----------------------------------------------------------------------

    [[nodiscard]] std::size_t opened() const { return recorder.connections.size(); }

    [[nodiscard]] const RecordedConnection& connection(std::size_t index = 0) const
    {
        return *recorder.connections.at(index);
    }

    flow::Endpoint client = flow::Endpoint::v4(0x0a000001, 40'000);
    flow::Endpoint server = flow::Endpoint::v4(0x0a000002, 80);
    std::uint32_t clientIsn = 1'000;
    std::uint32_t serverIsn = 500'000;
    std::uint32_t clientAcks = 0;
    std::uint32_t serverAcks = 0;
    std::uint16_t window = 65'535;
    base::Timestamp at{1'700'000'000'000'000'000};
    StreamRecorder recorder;

private:
    base::Ids m_ids;

public:
    reassembly::Tracker tracker;

private:
    void send(const flow::Endpoint& source,
              const flow::Endpoint& destination,
              std::uint32_t isn,
              std::int64_t offset,
              std::string_view payload,
              std::uint8_t flags,
              std::uint32_t acknowledgement)
    {
        TcpSpec spec = from(source, destination);
        spec.sequence = static_cast<std::uint32_t>(isn + 1 + offset);
        spec.acknowledgement = acknowledgement;
        spec.flags = flags;
        spec.payload = payload;
        packet(spec);
    }

    std::uint16_t m_identification = 0;
};

} // namespace podglass::support
