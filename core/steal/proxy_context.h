// SPDX-License-Identifier: Apache-2.0
// What every proxied connection of a stolen port shares with the port. Borrowed: the StealPort owns
// it and outlives its connections. Thread: the loop's.
#pragma once

#include "core/base/limits.h"
#include "core/steal/steal_port.h"
#include "core/steal/tls_counts.h"
#include "core/steal/upstream.h"

#include <functional>
#include <memory>
#include <vector>

namespace podglass::steal {

class Proxied;

// How long a taker may be silent. Its client, which waits for limits::takerSilence, knows better
// why and is to say so first; this is for a client that is silent itself.
inline constexpr std::chrono::seconds takerPatience =
    limits::takerSilence + std::chrono::seconds(5);

struct ProxyContext
{
    io::Loop& loop;
    StealSetup setup;
    reassembly::StreamFactory& parsers;
    TakerGate& gate;
    ProxyObserver& observer;
    UpstreamSockets upstreams;
    OwnSockets own{};
    std::vector<Taking> takings{};                   // by age; none after release
    std::shared_ptr<const io::TlsTermination> tls{}; // of new connections
    TlsCounts tlsCounts{};
    std::vector<std::uint8_t> scratch{};     // for one read or one send
    std::size_t http2UnderWay = 0;           // bytes of bodies in HTTP/2 relays
    std::function<void(Proxied*)> onEnded{}; // the last thing a connection says
    // A stream must not go inside one of its own callbacks: it goes a little later.
    std::function<void(std::unique_ptr<TakerStream>)> retire{};
};

} // namespace podglass::steal
