// SPDX-License-Identifier: Apache-2.0
// TLS as the rest sees it: one end of a connection (TlsStream), and what a port's certificate and
// key make possible (TlsTermination). core/tls has both on OpenSSL; a program that does not link it
// has none, and says so.
//
// Contract: the socket is connected, non-blocking and the caller's; nothing waits. What a peer
// sends is hostile until checked. Thread: one at a time.
// Source: RFC 8446 (1.3), RFC 5246 (1.2), RFC 7301 (ALPN), RFC 6066 3 (SNI).
#pragma once

#include "core/base/result.h"
#include "core/bytes/view.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace podglass::io {

class TlsStream
{
public:
    enum class Step : std::uint8_t
    {
        Going, // more must come, or go out (wantsToWrite())
        Done,
        Failed, // error() says why; an alert was sent where there is one
    };

    enum class Got : std::uint8_t
    {
        Data,
        Nothing, // now
        Ended,   // close_notify
        Cut,     // FIN without close_notify: what came may be only a part (RFC 8446 6.1)
        Broken,  // reset, or no TLS any more: error()
    };

    TlsStream() = default;
    TlsStream(const TlsStream&) = delete;
    TlsStream& operator=(const TlsStream&) = delete;
    virtual ~TlsStream() = default;

    virtual Step handshake() = 0;

    // Plain bytes into `room`; how many.
    virtual Got read(std::span<std::uint8_t> room, std::size_t& count) = 0;
    // How many went, all of their records with them. Fewer: call again with the same bytes first
    // when the socket is writable.
    virtual std::size_t write(bytes::ByteView data, bool& broken) = 0;
    // close_notify. False: call again when the socket is writable.
    virtual bool finish() = 0;

    // Bytes were received and not read yet: the socket will not tell.
    [[nodiscard]] virtual bool pending() const = 0;
    [[nodiscard]] virtual bool wantsToWrite() const = 0;
    [[nodiscard]] virtual std::string error() const = 0;

    // After the handshake.
    [[nodiscard]] virtual std::string protocol() const = 0;     // ALPN; empty: none agreed
    [[nodiscard]] virtual std::uint16_t version() const = 0;    // 0x0304: 1.3
    [[nodiscard]] virtual bool peerHasOurKey() const = 0;       // the public key of our certificate
    [[nodiscard]] virtual bool askedForCertificate() const = 0; // the peer wants to know who we are
};

// What a client said in its hello.
struct TlsOffer
{
    std::string serverName;
    std::string protocols; // with commas
};

// One port's certificate and key.
class TlsTermination
{
public:
    TlsTermination() = default;
    TlsTermination(const TlsTermination&) = delete;
    TlsTermination& operator=(const TlsTermination&) = delete;
    virtual ~TlsTermination() = default;

    // As the client that made the offer. Whom it reaches is judged by peerHasOurKey().
    virtual std::unique_ptr<TlsStream> toService(int socket, const TlsOffer& offer) const = 0;
    // As the service. `early`: what was read of the socket already; `protocol`: what the service
    // chose of the offer, empty: nothing.
    virtual std::unique_ptr<TlsStream>
    toCaller(int socket, bytes::ByteView early, const std::string& protocol) const = 0;
    // Whether it is the same certificate with the same key.
    [[nodiscard]] virtual bool same(const TlsTermination& other) const = 0;
    [[nodiscard]] virtual const std::string& name() const = 0; // "CN=shop, until 2027-01-01"
};

// Of PEM texts: a certificate with its chain, and its private key, not encrypted.
using MakeTlsTermination = std::function<base::Result<std::shared_ptr<const TlsTermination>>(
    std::string_view certificate, std::string_view key)>;

} // namespace podglass::io
