// SPDX-License-Identifier: Apache-2.0
// What the agent's capture thread and a client's share of the io thread cost, without the kernel:
// the packets of a capture file, held in memory, through CapturePipeline into a ring that one
// client follows.   bench_pipeline FILE PORT [ROUNDS]
#include "core/agent/capture_pipeline.h"
#include "core/agent/event_feed.h"
#include "core/files/file_source.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <time.h>
#include <vector>

namespace {

using namespace podglass;

struct Stored
{
    capture::Packet packet;
    std::size_t at = 0;
};

struct Input
{
    std::vector<std::uint8_t> bytes;
    std::vector<Stored> packets;
};

// Enough for stable figures and small enough to fit every machine.
constexpr std::size_t mostBytes = std::size_t{100} << 20;

Input load(const char* path)
{
    auto file = files::FileSource::open(path);
    if (!file) {
        std::fprintf(stderr, "%s\n", file.error().text().c_str());
        std::exit(1);
    }
    Input input;
    while (input.bytes.size() < mostBytes) {
        auto packet = file->next();
        if (!packet || !packet->has_value())
            break;
        const capture::Packet& read = **packet;
        input.packets.push_back({read, input.bytes.size()});
        input.bytes.insert(input.bytes.end(), read.bytes.begin(), read.bytes.end());
    }
    for (Stored& stored : input.packets)
        stored.packet.bytes =
            bytes::ByteView(input.bytes).subspan(stored.at, stored.packet.bytes.size());
    return input;
}

double processorSeconds()
{
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

struct Figures
{
    double capture = 0; // CPU seconds
    double feed = 0;
    channel::Totals totals;
};

Figures run(const Input& input, std::uint16_t port)
{
    constexpr std::size_t batch = 512; // as the agent takes them
    channel::Ring ring;
    agent::CapturePipeline pipeline({1}, ring, 0);
    agent::CapturePlan plan;
    plan.ports = {{port, true}};
    pipeline.setPlan(plan);
    agent::EventFeed feed;
    feed.follow(ring, {1});
    feed.subscribe({1}, port);
    std::vector<std::uint8_t> out;
    Figures figures;
    for (std::size_t first = 0; first < input.packets.size(); first += batch) {
        const double begin = processorSeconds();
        const std::size_t end = std::min(first + batch, input.packets.size());
        for (std::size_t i = first; i < end; ++i)
            pipeline.onPacket(input.packets[i].packet);
        const double between = processorSeconds();
        do {
            out.clear();
            feed.fill(out, std::size_t{64} << 10, {});
        } while (!out.empty());
        figures.capture += between - begin;
        figures.feed += processorSeconds() - between;
    }
    figures.totals = ring.written();
    return figures;
}

} // namespace

int main(int count, char** words)
{
    if (count < 3) {
        std::fputs("bench_pipeline FILE PORT [ROUNDS]\n", stderr);
        return 2;
    }
    const Input input = load(words[1]);
    const int rounds = count > 3 ? std::atoi(words[3]) : 5;
    std::vector<double> capture;
    std::vector<double> feed;
    channel::Totals totals;
    for (int round = 0; round < rounds; ++round) {
        const Figures figures = run(input, static_cast<std::uint16_t>(std::atoi(words[2])));
        capture.push_back(figures.capture);
        feed.push_back(figures.feed);
        totals = figures.totals;
    }
    std::ranges::sort(capture);
    std::ranges::sort(feed);
    const double half = capture[capture.size() / 2];
    const double other = feed[feed.size() / 2];
    const auto packets = static_cast<double>(input.packets.size());
    const auto messages = static_cast<double>(std::max<std::uint64_t>(totals.messages, 1));
    const auto payload = static_cast<double>(std::max<std::uint64_t>(totals.payload, 1));
    std::printf("%zu packets, %llu messages, %llu events, %.0f MB of payload, median of %d\n",
                input.packets.size(),
                static_cast<unsigned long long>(totals.messages),
                static_cast<unsigned long long>(totals.records),
                payload / 1e6,
                rounds);
    std::printf("capture %.3f us a packet, %.3f us a message, %.3f CPU-s/GB; one client %.3f us a "
                "message, %.3f CPU-s/GB\n",
                half / packets * 1e6,
                half / messages * 1e6,
                half / payload * 1e9,
                other / messages * 1e6,
                other / payload * 1e9);
    return 0;
}
