// SPDX-License-Identifier: Apache-2.0
// Stream: io::TlsStream on OpenSSL. Reads and writes the socket itself (a BIO of ours), without
// signals, and beginning with bytes that were read of it before.
// Memory: OpenSSL's record buffers exist only while a record is under way.
#pragma once

#include "core/io/tls.h"
#include "core/tls/handles.h"

#include <vector>

namespace podglass::tls {

class Identity;

struct StreamSetup
{
    SSL_CTX* context = nullptr; // shared
    int socket = -1;
    std::vector<std::uint8_t> early{};
    std::shared_ptr<const Identity> identity{}; // for peerHasOurKey()
    std::string choose{};                       // server: the protocol to agree on
};

class Stream : public io::TlsStream
{
public:
    enum class Role : std::uint8_t
    {
        Client,
        Server,
    };

    Stream(Role role, StreamSetup setup);

    // Client, before the handshake. Names that no host can have are left out.
    void offer(const io::TlsOffer& offer);
    // Client: the peer must have a certificate that `context` trusts, for this host name or
    // address.
    void verify(const std::string& host);

    Step handshake() override;
    Got read(std::span<std::uint8_t> room, std::size_t& count) override;
    std::size_t write(bytes::ByteView data, bool& broken) override;
    bool finish() override;
    [[nodiscard]] bool pending() const override;

    [[nodiscard]] bool wantsToWrite() const override { return m_wantsToWrite; }

    [[nodiscard]] std::string error() const override { return m_error; }

    [[nodiscard]] std::string protocol() const override;
    [[nodiscard]] std::uint16_t version() const override;
    [[nodiscard]] bool peerHasOurKey() const override;

    [[nodiscard]] bool askedForCertificate() const override { return m_asked; }

    // Callbacks of OpenSSL.
    int receive(std::span<char> room, std::size_t& count);
    int send(std::span<const char> data, std::size_t& count);

    [[nodiscard]] bool ended() const { return m_ended; }

    [[nodiscard]] const std::string& choose() const { return m_setup.choose; }

    void asked() { m_asked = true; }

    static Stream& of(const SSL* ssl);

private:
    Step settle(int result);
    void failed();

    StreamSetup m_setup;
    Handle<SSL> m_ssl;
    std::size_t m_earlyRead = 0;
    std::string m_error;
    bool m_wantsToWrite = false;
    bool m_ended = false; // FIN was read
    bool m_asked = false;
};

// Contexts with what Podglass wants of TLS: 1.2 and 1.3, no renegotiation, no resumption, little
// memory.
Handle<SSL_CTX> clientContext();
Handle<SSL_CTX> serverContext();

} // namespace podglass::tls
