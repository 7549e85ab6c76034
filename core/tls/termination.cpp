// SPDX-License-Identifier: Apache-2.0
#include "core/tls/termination.h"

#include "core/tls/identity.h"
#include "core/tls/stream.h"

namespace podglass::tls {

namespace {

class Termination : public io::TlsTermination
{
public:
    explicit Termination(std::shared_ptr<const Identity> identity)
        : m_identity(std::move(identity))
        , m_client(clientContext())
        , m_server(serverContext())
    {}

    [[nodiscard]] bool usable() const { return m_identity->use(m_server.get()); }

    std::unique_ptr<io::TlsStream> toService(int socket, const io::TlsOffer& offer) const override
    {
        auto stream = std::make_unique<Stream>(
            Stream::Role::Client,
            StreamSetup{.context = m_client.get(), .socket = socket, .identity = m_identity});
        stream->offer(offer);
        return stream;
    }

    std::unique_ptr<io::TlsStream>
    toCaller(int socket, bytes::ByteView early, const std::string& protocol) const override
    {
        return std::make_unique<Stream>(Stream::Role::Server,
                                        StreamSetup{.context = m_server.get(),
                                                    .socket = socket,
                                                    .early = {early.begin(), early.end()},
                                                    .identity = m_identity,
                                                    .choose = protocol});
    }

    [[nodiscard]] bool same(const io::TlsTermination& other) const override
    {
        const auto* theirs = dynamic_cast<const Termination*>(&other);
        return theirs != nullptr && m_identity->same(*theirs->m_identity);
    }

    [[nodiscard]] const std::string& name() const override { return m_identity->name(); }

private:
    std::shared_ptr<const Identity> m_identity;
    Handle<SSL_CTX> m_client;
    Handle<SSL_CTX> m_server;
};

} // namespace

base::Result<std::shared_ptr<const io::TlsTermination>>
makeTermination(std::string_view certificate, std::string_view key)
{
    lockMemory(); // where it cannot, the process is still neither dumped nor traced
    auto identity = Identity::read(certificate, key, {});
    if (!identity)
        return identity.error();
    auto made = std::make_shared<const Termination>(std::move(identity).value());
    if (!made->usable())
        return base::Error{.what = "OpenSSL does not take this certificate and key",
                           .where = "TLS certificate and key",
                           .advice = "RSA keys must have 2,048 bits or more"};
    return std::shared_ptr<const io::TlsTermination>(std::move(made));
}

} // namespace podglass::tls
