// SPDX-License-Identifier: Apache-2.0
// The header that a proxy puts in front of a stream to say who speaks (PROXY protocol, HAProxy's
// proxy-protocol.txt: 2.1 text, 2.2 binary). Only a header to the letter is one: anything else is
// the stream itself. Pure function; any thread.
#pragma once

#include "core/flow/event.h"

namespace podglass::parse {

struct ProxyHeaderRead
{
    enum class State : std::uint8_t
    {
        None,       // the stream does not begin with one
        Incomplete, // it may, with more bytes
        Complete,
    };

    State state = State::None;
    flow::ProxyHeader header;
};

// `start`: the stream from its first byte. Headers beyond limits::proxyHeaderBytes are None.
ProxyHeaderRead readProxyHeader(bytes::ByteView start);

} // namespace podglass::parse
