// SPDX-License-Identifier: Apache-2.0
#include "core/reassembly/half_open.h"

namespace podglass::reassembly {

namespace {

// More data cannot be under way than the largest window (RFC 7323 2.3).
constexpr std::uint32_t largestWindow = 1U << 30;
// Data in a SYN fits a packet.
constexpr std::size_t largestSynData = 9'000;

} // namespace

Greeting Greeting::of(const demux::Segment& segment)
{
    return {segment.sequence, segment.window, segment.windowScale, true, segment.hasWindowScale};
}

void HalfOpen::greet(const demux::Segment& segment, bool fromLow)
{
    if (segment.has(demux::tcp::ack))
        greetAsServer(segment, fromLow);
    else if (client.seen && fromLow != clientIsLow)
        greetAtOnce(segment);
    else
        greetAsClient(segment, fromLow);
    believeAnswer();
}

void HalfOpen::greetAsClient(const demux::Segment& segment, bool fromLow)
{
    clientIsLow = fromLow;
    changedSequence |= client.seen && client.sequence != segment.sequence;
    client = Greeting::of(segment);
    synData.reset();
    if (!segment.payload.empty() && segment.payload.size() <= largestSynData) {
        synData = std::make_unique<std::vector<std::uint8_t>>(segment.payload.begin(),
                                                              segment.payload.end());
    }
}

void HalfOpen::greetAsServer(const demux::Segment& segment, bool fromLow)
{
    if (simultaneous)
        return; // both answer; both greetings are known
    clientIsLow = !fromLow;
    changedSequence |= server.seen && server.sequence != segment.sequence;
    server = Greeting::of(segment);
    acknowledged = segment.acknowledgement;
}

void HalfOpen::greetAtOnce(const demux::Segment& segment)
{
    simultaneous = true;
    server = Greeting::of(segment);
}

// The SYN/ACK tells which SYN was accepted, and how much of the data in it.
void HalfOpen::believeAnswer()
{
    if (!server.seen || simultaneous)
        return;
    const std::uint32_t most = synData ? static_cast<std::uint32_t>(synData->size()) : 0;
    if (client.seen && acknowledged - (client.sequence + 1) <= most)
        return;
    changedSequence |= client.seen;
    client.sequence = acknowledged - 1;
    synData.reset();
}

bool HalfOpen::isContinuedBy(const demux::Segment& segment, bool fromLow) const
{
    const bool fromClient = fromLow == clientIsLow;
    const Greeting& sender = fromClient ? client : server;
    const Greeting& receiver = fromClient ? server : client;
    if (sender.seen)
        return segment.sequence - (sender.sequence + 1) < largestWindow;
    return receiver.seen && segment.has(demux::tcp::ack)
           && segment.acknowledgement - (receiver.sequence + 1) < largestWindow;
}

} // namespace podglass::reassembly
