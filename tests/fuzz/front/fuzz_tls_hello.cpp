// SPDX-License-Identifier: Apache-2.0
// The hellos of TLS on any bytes: what is read never says more than the bytes hold, a prefix never
// contradicts the whole, and TlsWatch finds at every cut what the whole gives.
#include "core/base/limits.h"
#include "core/parse/tls_watch.h"

#include <cstdlib>

using namespace podglass;
using parse::TlsHello;
using State = TlsHello::State;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2)
        return 0;
    const bool client = (data[0] & 1) != 0;
    const std::size_t cut = 1 + data[1];
    const bytes::ByteView whole(data + 2, size - 2);
    const auto read = [client](bytes::ByteView start) {
        return client ? parse::readTlsHello(start) : parse::readTlsServerHello(start);
    };
    const TlsHello hello = read(whole);
    require(hello.bytes <= whole.size());
    require(hello.serverName.size() + hello.protocols.size() <= 2 * limits::tlsHelloBytes);
    const TlsHello prefix = read(whole.first(std::min(cut, whole.size())));
    if (prefix.state == State::Complete)
        require(hello.state == State::Complete && hello.serverName == prefix.serverName
                && hello.version == prefix.version);
    if (prefix.state == State::NotTls && cut <= whole.size() && cut >= 5)
        require(hello.state == State::NotTls);
    parse::TlsWatch watch;
    const auto direction =
        client ? flow::Direction::ClientToServer : flow::Direction::ServerToClient;
    std::optional<TlsHello> found;
    for (bytes::ByteView rest = whole; !rest.empty();) {
        const bytes::ByteView piece = rest.first(std::min(cut, rest.size()));
        rest = rest.subspan(piece.size());
        if (const auto step = watch.feed(direction, piece)) {
            require(step->end <= piece.size() && !found);
            found = step->hello;
        }
    }
    if (found && hello.state == State::Complete)
        require(found->serverName == hello.serverName && found->protocols == hello.protocols);
    return 0;
}
