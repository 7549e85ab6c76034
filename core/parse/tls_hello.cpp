// SPDX-License-Identifier: Apache-2.0
#include "core/parse/tls_hello.h"

#include "core/base/limits.h"
#include "core/bytes/cursor.h"

#include <vector>

namespace podglass::parse {

namespace {

constexpr std::uint8_t handshakeRecord = 22;
constexpr std::uint8_t clientHello = 1;
constexpr std::size_t recordHeader = 5;

enum class Gathered : std::uint8_t
{
    NotTls,
    Incomplete,
    Complete,
};

// Puts the hello together from as many records as it takes; without its four-byte header.
Gathered gather(bytes::ByteView start, std::vector<std::uint8_t>& hello)
{
    std::size_t wanted = 4;
    while (hello.size() < wanted) {
        // A record is judged as soon as its first bytes are there.
        if (!start.empty() && start[0] != handshakeRecord)
            return Gathered::NotTls;
        if (start.size() > 1 && start[1] != 3)
            return Gathered::NotTls;
        if (start.size() < recordHeader)
            return Gathered::Incomplete;
        const std::size_t length = static_cast<std::size_t>(start[3]) << 8 | start[4];
        const bytes::ByteView payload =
            start.subspan(recordHeader, std::min(length, start.size() - recordHeader));
        hello.insert(hello.end(), payload.begin(), payload.end());
        if (!hello.empty() && hello[0] != clientHello)
            return Gathered::NotTls;
        if (hello.size() >= 4)
            wanted = 4
                     + (static_cast<std::size_t>(hello[1]) << 16
                        | static_cast<std::size_t>(hello[2]) << 8 | hello[3]);
        start = start.subspan(recordHeader + payload.size());
        if (payload.size() < length && hello.size() < wanted)
            return Gathered::Incomplete;
        if (length == 0)
            return Gathered::NotTls; // RFC 8446 5.1: no empty handshake records
    }
    hello.resize(wanted);
    hello.erase(hello.begin(), hello.begin() + 4);
    return Gathered::Complete;
}

std::string nameFrom(bytes::ByteView extension)
{
    bytes::BigReader list(extension);
    bytes::BigReader names(list.view(list.number<std::uint16_t>()));
    while (!list.failed() && !names.rest().empty()) {
        const auto type = names.number<std::uint8_t>();
        const bytes::ByteView name = names.view(names.number<std::uint16_t>());
        if (names.failed())
            break;
        if (type == 0)
            return std::string(bytes::asText(name));
    }
    return {};
}

std::string serverName(bytes::ByteView hello)
{
    bytes::BigReader reader(hello);
    reader.view(2 + 32);                         // legacy version, random
    reader.view(reader.number<std::uint8_t>());  // session
    reader.view(reader.number<std::uint16_t>()); // cipher suites
    reader.view(reader.number<std::uint8_t>());  // compression
    bytes::BigReader extensions(reader.view(reader.number<std::uint16_t>()));
    while (!reader.failed() && !extensions.rest().empty()) {
        const auto type = extensions.number<std::uint16_t>();
        const bytes::ByteView content = extensions.view(extensions.number<std::uint16_t>());
        if (extensions.failed())
            break;
        if (type == 0)
            return nameFrom(content);
    }
    return {};
}

// Two bytes of length with the top bit set, client-hello, a version of SSL 2 to TLS 1.2.
TlsHello::State readOldHello(bytes::ByteView start)
{
    constexpr std::size_t enough = 5;
    if (start.empty() || (start[0] & 0x80) == 0 || (start.size() > 2 && start[2] != clientHello))
        return TlsHello::State::NotTls;
    if (start.size() < enough)
        return TlsHello::State::Incomplete;
    const bool known = (start[3] == 3 && start[4] <= 3) || (start[3] == 0 && start[4] == 2);
    return known ? TlsHello::State::Complete : TlsHello::State::NotTls;
}

} // namespace

TlsHello readTlsHello(bytes::ByteView start)
{
    if (start.empty() || start[0] != handshakeRecord)
        return {readOldHello(start), {}};
    const bytes::ByteView looked = start.first(std::min(start.size(), limits::tlsHelloBytes));
    std::vector<std::uint8_t> hello;
    switch (gather(looked, hello)) {
    case Gathered::NotTls:
        return {};
    case Gathered::Incomplete:
        return {start.size() >= limits::tlsHelloBytes ? TlsHello::State::Complete
                                                      : TlsHello::State::Incomplete,
                {}};
    case Gathered::Complete:
        break;
    }
    return {TlsHello::State::Complete, serverName(hello)};
}

} // namespace podglass::parse
