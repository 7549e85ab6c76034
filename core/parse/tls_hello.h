// SPDX-License-Identifier: Apache-2.0
// The first message of each side of TLS (RFC 8446 4.1.2, 4.1.3): the name the client asks for (RFC
// 6066 3), the versions and protocols (RFC 7301) it offers, and what the server has chosen of them
// as far as that is in the clear. Nothing else of TLS is read. Also tells an SSLv2-framed hello,
// which names no server.
#pragma once

#include "core/flow/event.h"

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
    std::string serverName; // as sent, unchecked; empty when none is given
    std::string protocols;  // with commas
    std::uint16_t version = 0;
    bool encryptedName = false; // ECH
    std::size_t bytes = 0;      // of the stream, to the end of the hello
};

// `start`: the stream from its first byte. Looks at no more than limits::tlsHelloBytes.
TlsHello readTlsHello(bytes::ByteView start);       // of the client
TlsHello readTlsServerHello(bytes::ByteView start); // of the server

} // namespace podglass::parse
