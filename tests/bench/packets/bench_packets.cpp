// SPDX-License-Identifier: Apache-2.0
// Microseconds a packet from capture::Packet to StreamSink, for in-order data of many connections.
// usage: bench_packets [connections] [payload bytes]
#include "core/reassembly/tracker.h"

#include "tests/support/packet_builder.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace podglass;

namespace {

class NullSink : public reassembly::StreamSink
{
public:
    explicit NullSink(std::uint64_t& bytes)
        : m_bytes(bytes)
    {}

    void data(flow::Direction, std::uint64_t, bytes::ByteView data, base::Timestamp) override
    {
        m_bytes += data.size();
    }

    void gap(const flow::Gap&, base::Timestamp) override {}

    void anomaly(const flow::Anomaly&, base::Timestamp) override {}

    void finished(flow::Direction, base::Timestamp) override {}

    void closed(const flow::ConnectionClosed&, base::Timestamp) override {}

private:
    std::uint64_t& m_bytes;
};

class NullFactory : public reassembly::StreamFactory
{
public:
    std::unique_ptr<reassembly::StreamSink>
    open(flow::ConnectionId, const flow::ConnectionOpened&, base::Timestamp) override
    {
        return std::make_unique<NullSink>(bytes);
    }

    std::uint64_t bytes = 0;
};

void setSequence(support::Bytes& frame, std::uint32_t sequence)
{
    constexpr std::size_t at = 14 + 20 + 4;
    for (std::size_t i = 0; i < 4; ++i)
        frame[at + i] = static_cast<std::uint8_t>(sequence >> (24 - 8 * i));
}

} // namespace

int main(int argc, char** argv)
{
    const auto connections = static_cast<std::uint32_t>(argc > 1 ? std::atoi(argv[1]) : 100);
    const auto payload = static_cast<std::size_t>(argc > 2 ? std::atoi(argv[2]) : 1'448);
    NullFactory factory;
    base::Ids ids;
    reassembly::Tracker tracker(factory, ids, reassembly::TrackerOptions::live(7));
    tracker.setPorts({80});
    std::vector<support::Bytes> frames;
    for (std::uint32_t i = 0; i < connections; ++i) {
        support::TcpSpec spec;
        spec.source = flow::Endpoint::v4(0x0a000000 + i / 50'000,
                                         static_cast<std::uint16_t>(10'000 + i % 50'000));
        spec.destination = flow::Endpoint::v4(0x0b000000, 80);
        spec.payload.assign(payload, 'x');
        frames.push_back(support::ethernetBytes(spec));
    }
    constexpr std::uint64_t total = 5'000'000;
    const auto start = std::chrono::steady_clock::now();
    std::uint64_t packets = 0;
    for (std::uint32_t round = 0; packets < total; ++round) {
        for (auto& frame : frames) {
            setSequence(frame, static_cast<std::uint32_t>(round * payload));
            tracker.onPacket(support::packetOf(frame));
            ++packets;
        }
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    if (factory.bytes != packets * payload)
        return 1;
    std::printf("%u connections, %zu bytes: %.3f us a packet, %.3f s a GB\n",
                connections,
                payload,
                took.count() / static_cast<double>(packets) * 1e6,
                took.count() / (static_cast<double>(factory.bytes) / 1e9));
    return 0;
}
