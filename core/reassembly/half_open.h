// SPDX-License-Identifier: Apache-2.0
// HalfOpen: what is known of a handshake before it is complete. Small, so that a flood of SYNs
// costs little; a stream is opened only when the other side answered or data followed.
#pragma once

#include "core/demux/segment.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace podglass::reassembly {

// What one side said in its SYN.
struct Greeting
{
    std::uint32_t sequence = 0; // initial sequence number
    std::uint16_t window = 0;   // not scaled in a SYN (RFC 7323 2.2)
    std::uint8_t scale = 0;
    bool seen = false;
    bool hasScale = false;

    static Greeting of(const demux::Segment& segment);
};

struct HalfOpen
{
    bool clientIsLow = false;     // which end of the FourTuple sent the SYN
    bool simultaneous = false;    // both did (RFC 9293 3.5); who is the client is a guess
    bool changedSequence = false; // a SYN was repeated with another initial sequence number
    Greeting client;
    Greeting server;
    std::uint32_t acknowledged = 0;                     // by the SYN/ACK
    std::unique_ptr<std::vector<std::uint8_t>> synData; // TCP Fast Open (RFC 7413)

    // Takes in a segment with the SYN bit.
    void greet(const demux::Segment& segment, bool fromLow);

    // Whether a segment without SYN goes on from here.
    [[nodiscard]] bool isContinuedBy(const demux::Segment& segment, bool fromLow) const;

    [[nodiscard]] bool isComplete() const { return client.seen && server.seen; }

private:
    void greetAsClient(const demux::Segment& segment, bool fromLow);
    void greetAsServer(const demux::Segment& segment, bool fromLow);
    void greetAtOnce(const demux::Segment& segment);
    void believeAnswer();
};

} // namespace podglass::reassembly
