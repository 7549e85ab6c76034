// SPDX-License-Identifier: Apache-2.0
// The first message of a TLS client (RFC 8446 4.1.2), for the name it asks for (RFC 6066 3).
// Nothing else of TLS is read. Also tells an SSLv2-framed hello, which names no server.
#pragma once

#include "core/bytes/view.h"

#include <string>

namespace podglass::parse {

struct TlsHello
{
    enum class State : std::uint8_t
    {
        NotTls,
        Incomplete, // TLS, the hello goes on
        Complete,   // TLS, read as far as it will be
    };

    State state = State::NotTls;
    std::string serverName; // as sent, unchecked; empty when none is given or it is encrypted
};

// `start`: the stream from its first byte. Looks at no more than limits::tlsHelloBytes.
TlsHello readTlsHello(bytes::ByteView start);

} // namespace podglass::parse
