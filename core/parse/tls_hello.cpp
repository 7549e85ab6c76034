// SPDX-License-Identifier: Apache-2.0
#include "core/parse/tls_hello.h"

#include "core/base/limits.h"
#include "core/bytes/cursor.h"

#include <algorithm>
#include <vector>

namespace podglass::parse {

namespace {

constexpr std::uint8_t handshakeRecord = 22;
constexpr std::uint8_t clientHello = 1;
constexpr std::uint8_t serverHello = 2;
constexpr std::size_t recordHeader = 5;

enum class Gathered : std::uint8_t
{
    NotTls,
    Incomplete,
    Complete,
};

struct Hello
{
    std::vector<std::uint8_t> message; // without its four-byte header
    std::size_t bytes = 0;             // of the stream
};

// Puts the hello together from as many records as it takes.
Gathered gather(bytes::ByteView start, std::uint8_t type, Hello& hello)
{
    constexpr std::size_t messageHeader = 4;
    std::vector<std::uint8_t>& message = hello.message;
    std::size_t wanted = messageHeader;
    while (message.size() < wanted) {
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
        message.insert(message.end(), payload.begin(), payload.end());
        if (!message.empty() && message[0] != type)
            return Gathered::NotTls;
        if (message.size() >= messageHeader)
            wanted = messageHeader
                     + (static_cast<std::size_t>(message[1]) << 16
                        | static_cast<std::size_t>(message[2]) << 8 | message[3]);
        start = start.subspan(recordHeader + payload.size());
        hello.bytes += recordHeader + payload.size();
        if (payload.size() < length && message.size() < wanted)
            return Gathered::Incomplete;
        if (length == 0)
            return Gathered::NotTls; // RFC 8446 5.1: no empty handshake records
    }
    hello.bytes -= message.size() - wanted;
    message.resize(wanted);
    message.erase(message.begin(), message.begin() + messageHeader);
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

// Names behind one byte of length each, with commas.
std::string protocolsFrom(bytes::ByteView extension)
{
    bytes::BigReader list(extension);
    bytes::BigReader names(list.view(list.number<std::uint16_t>()));
    std::string all;
    while (!list.failed() && !names.rest().empty()) {
        const bytes::ByteView name = names.view(names.number<std::uint8_t>());
        if (names.failed())
            break;
        const bool grease = name.size() == 2 && name[0] == name[1] && (name[0] & 0x0f) == 0x0a;
        if (grease) // RFC 8701: means nothing
            continue;
        all += (all.empty() ? "" : ",") + std::string(bytes::asText(name));
    }
    return all;
}

std::uint16_t highestVersion(bytes::ByteView extension)
{
    bytes::BigReader list(extension);
    bytes::BigReader versions(list.view(list.number<std::uint8_t>()));
    std::uint16_t highest = 0;
    while (!versions.rest().empty()) {
        const auto version = versions.number<std::uint16_t>();
        if (versions.failed())
            break;
        if ((version & 0x0f0f) != 0x0a0a) // RFC 8701
            highest = std::max(highest, version);
    }
    return highest;
}

enum Extension : std::uint16_t
{
    ServerName = 0,
    Protocols = 16,         // RFC 7301
    SupportedVersions = 43, // RFC 8446 4.2.1
    EncryptedHello = 0xfe0d,
};

// `client`: the form of the lists; a server answers with single values.
void readExtensions(bytes::BigReader extensions, bool client, TlsHello& hello)
{
    while (!extensions.rest().empty()) {
        const auto type = extensions.number<std::uint16_t>();
        const bytes::ByteView content = extensions.view(extensions.number<std::uint16_t>());
        if (extensions.failed())
            break;
        bytes::BigReader chosen(content);
        if (type == ServerName && client && hello.serverName.empty())
            hello.serverName = nameFrom(content);
        else if (type == Protocols)
            hello.protocols = protocolsFrom(content);
        else if (type == SupportedVersions)
            hello.version = std::max(
                hello.version, client ? highestVersion(content) : chosen.number<std::uint16_t>());
        else if (type == EncryptedHello && client)
            hello.encryptedName = true;
    }
}

void readClientHello(bytes::ByteView message, TlsHello& hello)
{
    bytes::BigReader reader(message);
    hello.version = reader.number<std::uint16_t>();
    reader.view(32);                             // random
    reader.view(reader.number<std::uint8_t>());  // session
    reader.view(reader.number<std::uint16_t>()); // cipher suites
    reader.view(reader.number<std::uint8_t>());  // compression
    const bytes::ByteView extensions = reader.view(reader.number<std::uint16_t>());
    if (!reader.failed())
        readExtensions(bytes::BigReader(extensions), true, hello);
}

void readServerHello(bytes::ByteView message, TlsHello& hello)
{
    bytes::BigReader reader(message);
    hello.version = reader.number<std::uint16_t>();
    reader.view(32);                            // random
    reader.view(reader.number<std::uint8_t>()); // session
    reader.view(2 + 1);                         // cipher suite, compression
    const bytes::ByteView extensions = reader.view(reader.number<std::uint16_t>());
    if (!reader.failed())
        readExtensions(bytes::BigReader(extensions), false, hello);
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

namespace {

TlsHello readHello(bytes::ByteView start, std::uint8_t type)
{
    const bytes::ByteView looked = start.first(std::min(start.size(), limits::tlsHelloBytes));
    Hello gathered;
    TlsHello hello;
    switch (gather(looked, type, gathered)) {
    case Gathered::NotTls:
        return hello;
    case Gathered::Incomplete:
        hello.bytes = looked.size();
        hello.state = start.size() >= limits::tlsHelloBytes ? TlsHello::State::Complete
                                                            : TlsHello::State::Incomplete;
        return hello;
    case Gathered::Complete:
        break;
    }
    hello.state = TlsHello::State::Complete;
    hello.bytes = gathered.bytes;
    if (type == clientHello)
        readClientHello(gathered.message, hello);
    else
        readServerHello(gathered.message, hello);
    return hello;
}

} // namespace

TlsHello readTlsHello(bytes::ByteView start)
{
    if (!start.empty() && start[0] == handshakeRecord)
        return readHello(start, clientHello);
    TlsHello old;
    old.state = readOldHello(start);
    if (old.state == TlsHello::State::Complete) {
        constexpr std::size_t looked = 5;
        old.bytes = looked;
        old.version = static_cast<std::uint16_t>(start[3] << 8 | start[4]);
    }
    return old;
}

TlsHello readTlsServerHello(bytes::ByteView start)
{
    return readHello(start, serverHello);
}

} // namespace podglass::parse
