// SPDX-License-Identifier: Apache-2.0
#include "core/export/event_json.h"

#include <array>

namespace podglass::exporting {

namespace {

// A value from elsewhere may be outside the enumeration.
template <std::size_t Count, typename Enumeration>
const char* pick(const std::array<const char*, Count>& names, Enumeration value)
{
    const auto index = static_cast<std::size_t>(value);
    return index < Count ? names.at(index) : "unknown";
}

} // namespace

const char* nameOf(flow::AnomalyKind kind)
{
    constexpr std::array<const char*, 13> names{"overlap",
                                                "retransmission",
                                                "out-of-order",
                                                "reset-out-of-window",
                                                "reset-with-data",
                                                "data-after-fin",
                                                "data-without-ack",
                                                "syn-inside-connection",
                                                "urgent-data",
                                                "bad-checksum",
                                                "out-of-window",
                                                "different-initial-sequence",
                                                "malformed"};
    return pick(names, kind);
}

const char* nameOf(flow::MessageFate fate)
{
    constexpr std::array<const char*, 5> names{
        "complete", "cut-by-close", "cut-by-gap", "framing-error", "unanswered"};
    return pick(names, fate);
}

const char* nameOf(flow::Protocol protocol)
{
    constexpr std::array<const char*, 7> names{
        "unknown", "http/1", "http/2", "tls", "websocket", "server-first", "raw"};
    return pick(names, protocol);
}

const char* nameOf(flow::CloseReason reason)
{
    constexpr std::array<const char*, 8> names{"finished",
                                               "reset",
                                               "idle",
                                               "evicted",
                                               "replaced",
                                               "capture-stopped",
                                               "taken-over",
                                               "lagged"};
    return pick(names, reason);
}

const char* nameOf(flow::GapKind kind)
{
    constexpr std::array<const char*, 4> names{"network", "capture", "truncated", "limit"};
    return pick(names, kind);
}

const char* nameOf(flow::LossPlace place)
{
    constexpr std::array<const char*, 5> names{"kernel", "agent", "tunnel", "desktop", "budget"};
    return pick(names, place);
}

const char* nameOf(flow::Decision decision)
{
    constexpr std::array<const char*, 3> names{"passed-on", "stolen", "fallback"};
    return pick(names, decision);
}

const char* nameOf(flow::Origin origin)
{
    constexpr std::array<const char*, 3> names{"mirror", "steal", "file"};
    return pick(names, origin);
}

const char* nameOf(flow::Direction direction)
{
    constexpr std::array<const char*, 2> names{"client-to-server", "server-to-client"};
    return pick(names, direction);
}

} // namespace podglass::exporting
