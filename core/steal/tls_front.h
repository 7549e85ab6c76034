// SPDX-License-Identifier: Apache-2.0
// TlsFront: the beginning of a connection to a port whose certificate and key were given. Reads the
// caller's hello, makes TLS with the service first and with the caller then, so that both agree on
// one protocol and so that whatever cannot be terminated is still the caller's to have untouched.
//
// Contract: the caller is sent nothing before the service has proved that it holds the key that we
// were given. Who is not asked to be terminated (another key, a client certificate wanted, TLS
// below 1.2, too many handshakes) is passed on untouched, and counted.
// Owner: its Proxied. Thread: the loop's. Source: RFC 8446 4, RFC 7301, RFC 6066 3.
#pragma once

#include "core/parse/tls_hello.h"
#include "core/steal/proxy_context.h"
#include "core/steal/socket_end.h"

#include <vector>

namespace podglass::steal {

class TlsFront
{
public:
    enum class State : std::uint8_t
    {
        Going,
        Plain,     // no TLS: said() is the beginning of the caller's bytes
        Untouched, // said() belongs to a new connection to the service
        Secured,   // both ends speak plain bytes from here on
        Failed,    // the caller's handshake failed; it was told by an alert
    };

    TlsFront(ProxyContext& context, std::shared_ptr<const io::TlsTermination> termination);
    TlsFront(const TlsFront&) = delete;
    TlsFront& operator=(const TlsFront&) = delete;
    ~TlsFront();

    State pump(SocketEnd& caller, SocketEnd& service);
    void want(SocketEnd& caller, SocketEnd& service) const;
    // The time for handshakes is over.
    State expired();
    // The caller went away before it was Secured.
    void leftAlone();

    // A first byte has come: whoever waits for more may set a limit.
    [[nodiscard]] bool begun() const { return !m_said.empty(); }

    [[nodiscard]] bytes::ByteView said() const { return m_said; }

    [[nodiscard]] const parse::TlsHello& hello() const { return m_hello; }

private:
    enum class Phase : std::uint8_t
    {
        Hello,
        Service,
        Caller,
    };

    State readHello(SocketEnd& caller, const SocketEnd& service);
    State offerToService(SocketEnd& service);
    State withService(SocketEnd& caller, SocketEnd& service);
    State withCaller(SocketEnd& caller);
    State untouched(std::string why);
    State failed(std::string why);

    ProxyContext& m_context;
    std::shared_ptr<const io::TlsTermination> m_termination;
    Phase m_phase = Phase::Hello;
    std::vector<std::uint8_t> m_said;
    parse::TlsHello m_hello;
    bool m_counted = false; // among those under way
};

} // namespace podglass::steal
