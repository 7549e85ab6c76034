// SPDX-License-Identifier: Apache-2.0
// What every proxied connection of a stolen port shares with the port. Borrowed: the StealPort owns
// it and outlives its connections. Thread: the loop's.
#pragma once

#include "core/base/limits.h"
#include "core/steal/steal_port.h"
#include "core/steal/tls_counts.h"
#include "core/steal/upstream.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace podglass::steal {

class Proxied;

// How long a taker may be silent. Its client, which waits for limits::takerSilence, knows better
// why and is to say so first; this is for a client that is silent itself.
inline constexpr std::chrono::seconds takerPatience =
    limits::takerSilence + std::chrono::seconds(5);

// Room for one read or one send of one connection. What was read may be lent to its lane; until
// that has settled nobody else may use the room, so nothing is called that lets another move.
class Scratch
{
public:
    static constexpr std::size_t pieceBytes = std::size_t{64} << 10;

    // At most what a lane holds: each piece of a large body costs a turn of the loop. What is never
    // used takes no memory.
    [[nodiscard]] std::span<std::uint8_t> use(std::size_t most = pieceBytes)
    {
        if (m_lent)
            std::abort(); // no byte is better than another connection's
        return {m_bytes.get(), std::min(most, limits::proxyBufferBytes)};
    }

    void lent(bool out) { m_lent = out; }

private:
    std::unique_ptr<std::uint8_t[]> m_bytes =
        std::make_unique_for_overwrite<std::uint8_t[]>(limits::proxyBufferBytes);
    bool m_lent = false;
};

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
    Scratch scratch{};
    std::size_t http2UnderWay = 0;           // bytes of bodies in HTTP/2 relays
    std::function<void(Proxied*)> onEnded{}; // the last thing a connection says
    // A stream must not go inside one of its own callbacks: it goes a little later.
    std::function<void(std::unique_ptr<TakerStream>)> retire{};
};

} // namespace podglass::steal
