// SPDX-License-Identifier: Apache-2.0
#include "core/parse/tls_watch.h"

#include "core/base/limits.h"

#include <algorithm>

namespace podglass::parse {

std::optional<TlsWatch::Found> TlsWatch::feed(flow::Direction direction, bytes::ByteView data)
{
    Side& side = m_sides.at(static_cast<std::size_t>(direction));
    if (side.over || data.empty())
        return std::nullopt;
    const std::size_t before = side.start.size();
    const std::size_t room = std::min(data.size(), limits::tlsHelloBytes - before);
    side.start.insert(
        side.start.end(), data.begin(), data.begin() + static_cast<std::ptrdiff_t>(room));
    TlsHello hello = direction == flow::Direction::ClientToServer ? readTlsHello(side.start)
                                                                  : readTlsServerHello(side.start);
    if (hello.state == TlsHello::State::Incomplete)
        return std::nullopt;
    giveUp(direction);
    if (hello.state == TlsHello::State::NotTls)
        return std::nullopt;
    const std::size_t end = std::max(hello.bytes, before) - before;
    return Found{std::move(hello), std::min(end, data.size())};
}

void TlsWatch::giveUp(flow::Direction direction)
{
    Side& side = m_sides.at(static_cast<std::size_t>(direction));
    side.over = true;
    side.start = {};
}

} // namespace podglass::parse
