// SPDX-License-Identifier: Apache-2.0
// TlsWatch: looks at the first bytes of both directions of a stream that is, or in a tunnel may be,
// TLS, and gives out their hellos. Keeps at most limits::tlsHelloBytes a direction, and nothing
// once a hello is read or cannot come. Thread: the parser's.
#pragma once

#include "core/parse/tls_hello.h"

#include <array>
#include <optional>
#include <vector>

namespace podglass::parse {

class TlsWatch
{
public:
    struct Found
    {
        TlsHello hello;
        std::size_t end = 0; // behind it, in the bytes given
    };

    // The next bytes of a direction.
    std::optional<Found> feed(flow::Direction direction, bytes::ByteView data);

    // Bytes are missing.
    void giveUp(flow::Direction direction);

private:
    struct Side
    {
        std::vector<std::uint8_t> start;
        bool over = false;
    };

    std::array<Side, 2> m_sides; // per Direction
};

} // namespace podglass::parse
