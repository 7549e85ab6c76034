// SPDX-License-Identifier: Apache-2.0
#include "core/tls/stream.h"

#include "core/tls/identity.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string_view>

#include <sys/socket.h>

namespace podglass::tls {

namespace {

constexpr std::size_t longestName = 255; // RFC 7301 3.1, and of a host (RFC 1035 2.3.4)

Stream& behind(BIO* bio)
{
    return *static_cast<Stream*>(BIO_get_data(bio));
}

int onRead(BIO* bio, char* into, std::size_t room, std::size_t* count)
{
    BIO_clear_retry_flags(bio);
    const int result = behind(bio).receive({into, room}, *count);
    if (result < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_retry_read(bio);
    return result > 0 ? 1 : 0;
}

int onWrite(BIO* bio, const char* data, std::size_t size, std::size_t* count)
{
    BIO_clear_retry_flags(bio);
    const int result = behind(bio).send({data, size}, *count);
    if (result < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_retry_write(bio);
    return result > 0 ? 1 : 0;
}

long onControl(BIO* bio, int command, long /*number*/, void* /*pointer*/)
{
    if (command == BIO_CTRL_EOF)
        return behind(bio).ended() ? 1 : 0;
    return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP ? 1 : 0;
}

int onCreate(BIO* bio)
{
    BIO_set_init(bio, 1);
    return 1;
}

const BIO_METHOD* method()
{
    static const Handle<BIO_METHOD> made = [] {
        Handle<BIO_METHOD> all(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket"));
        BIO_meth_set_read_ex(all.get(), &onRead);
        BIO_meth_set_write_ex(all.get(), &onWrite);
        BIO_meth_set_ctrl(all.get(), &onControl);
        BIO_meth_set_create(all.get(), &onCreate);
        return all;
    }();
    return made.get();
}

// The service has chosen already; what it chose is in the offer.
int onProtocols(SSL* ssl,
                const unsigned char** chosen,
                unsigned char* size,
                const unsigned char* offered,
                unsigned offeredSize,
                void* /*context*/)
{
    const std::string& wanted = Stream::of(ssl).choose();
    bytes::ByteView rest(offered, offeredSize);
    while (!wanted.empty() && !rest.empty() && rest.size() > rest[0]) {
        const bytes::ByteView name = rest.subspan(1, rest[0]);
        if (bytes::asText(name) == wanted) {
            *chosen = name.data();
            *size = rest[0];
            return SSL_TLSEXT_ERR_OK;
        }
        rest = rest.subspan(1 + name.size());
    }
    return SSL_TLSEXT_ERR_NOACK;
}

int onCertificateRequest(SSL* ssl, X509** /*certificate*/, EVP_PKEY** /*key*/)
{
    Stream::of(ssl).asked();
    return 0; // we have none
}

// RFC 7301 3.1: each with a byte of length.
std::vector<std::uint8_t> protocolList(std::string_view names)
{
    std::vector<std::uint8_t> list;
    while (!names.empty()) {
        const std::string_view name = names.substr(0, names.find(','));
        names.remove_prefix(std::min(name.size() + 1, names.size()));
        if (name.empty() || name.size() > longestName)
            continue;
        list.push_back(static_cast<std::uint8_t>(name.size()));
        list.insert(list.end(), name.begin(), name.end());
    }
    return list;
}

Handle<SSL_CTX> context(const SSL_METHOD* of)
{
    OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    Handle<SSL_CTX> made(SSL_CTX_new(of));
    SSL_CTX* all = made.get();
    SSL_CTX_set_min_proto_version(all, TLS1_2_VERSION);
    SSL_CTX_set_options(all,
                        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET
                            | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(all,
                     SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE
                         | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(all, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_read_ahead(all, 1);
    return made;
}

} // namespace

Handle<SSL_CTX> clientContext()
{
    Handle<SSL_CTX> made = context(TLS_client_method());
    SSL_CTX_set_client_cert_cb(made.get(), &onCertificateRequest);
    return made;
}

Handle<SSL_CTX> serverContext()
{
    Handle<SSL_CTX> made = context(TLS_server_method());
    SSL_CTX_set_num_tickets(made.get(), 0);
    SSL_CTX_set_alpn_select_cb(made.get(), &onProtocols, nullptr);
    return made;
}

Stream& Stream::of(const SSL* ssl)
{
    return *static_cast<Stream*>(SSL_get_app_data(ssl));
}

Stream::Stream(Role role, StreamSetup setup)
    : m_setup(std::move(setup))
    , m_ssl(SSL_new(m_setup.context))
{
    BIO* bio = BIO_new(method());
    BIO_set_data(bio, this);
    SSL_set_bio(m_ssl.get(), bio, bio);
    SSL_set_app_data(m_ssl.get(), this);
    if (role == Role::Client)
        SSL_set_connect_state(m_ssl.get());
    else
        SSL_set_accept_state(m_ssl.get());
}

void Stream::offer(const io::TlsOffer& offer)
{
    const std::string& name = offer.serverName;
    if (!name.empty() && name.size() <= longestName && name.find('\0') == std::string::npos)
        SSL_ctrl(m_ssl.get(), // as the macro SSL_set_tlsext_host_name, without its old cast
                 SSL_CTRL_SET_TLSEXT_HOSTNAME,
                 TLSEXT_NAMETYPE_host_name,
                 const_cast<char*>(name.c_str())); // NOLINT: it is copied
    const auto list = protocolList(offer.protocols);
    if (!list.empty())
        SSL_set_alpn_protos(m_ssl.get(), list.data(), static_cast<unsigned>(list.size()));
}

void Stream::verify(const std::string& host)
{
    SSL_set_verify(m_ssl.get(), SSL_VERIFY_PEER, nullptr);
    X509_VERIFY_PARAM* how = SSL_get0_param(m_ssl.get());
    if (X509_VERIFY_PARAM_set1_ip_asc(how, host.c_str()) != 1)
        X509_VERIFY_PARAM_set1_host(how, host.data(), host.size());
}

int Stream::receive(std::span<char> room, std::size_t& count)
{
    const std::size_t left = m_setup.early.size() - m_earlyRead;
    if (left != 0) {
        count = std::min(left, room.size());
        std::memcpy(room.data(), m_setup.early.data() + m_earlyRead, count);
        m_earlyRead += count;
        if (m_earlyRead == m_setup.early.size())
            std::vector<std::uint8_t>().swap(m_setup.early), m_earlyRead = 0;
        return 1;
    }
    const ssize_t got = ::recv(m_setup.socket, room.data(), room.size(), 0);
    m_ended = m_ended || got == 0;
    count = got > 0 ? static_cast<std::size_t>(got) : 0;
    return got > 0 ? 1 : static_cast<int>(got);
}

int Stream::send(std::span<const char> data, std::size_t& count)
{
    const ssize_t sent = ::send(m_setup.socket, data.data(), data.size(), MSG_NOSIGNAL);
    count = sent > 0 ? static_cast<std::size_t>(sent) : 0;
    return static_cast<int>(sent);
}

// What an operation that did not succeed waits for, or why it failed.
io::TlsStream::Step Stream::settle(int result)
{
    const int kind = SSL_get_error(m_ssl.get(), result);
    m_wantsToWrite = kind == SSL_ERROR_WANT_WRITE;
    if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE)
        return Step::Going;
    failed();
    return Step::Failed;
}

void Stream::failed()
{
    const long verified = SSL_get_verify_result(m_ssl.get());
    const unsigned long number = ERR_peek_last_error();
    const char* reason = ERR_reason_error_string(number);
    if (verified != X509_V_OK)
        m_error = std::string("its certificate: ") + X509_verify_cert_error_string(verified);
    else if (reason != nullptr && ERR_GET_LIB(number) != ERR_LIB_SYS)
        m_error = reason;
    else if (m_ended)
        m_error = "the connection was closed";
    else
        m_error = base::systemError(errno, {}).what;
    ERR_clear_error();
}

io::TlsStream::Step Stream::handshake()
{
    ERR_clear_error();
    m_wantsToWrite = false;
    const int result = SSL_do_handshake(m_ssl.get());
    return result == 1 ? Step::Done : settle(result);
}

io::TlsStream::Got Stream::read(std::span<std::uint8_t> room, std::size_t& count)
{
    ERR_clear_error();
    m_wantsToWrite = false;
    count = 0;
    const int result = SSL_read_ex(m_ssl.get(), room.data(), room.size(), &count);
    if (result == 1)
        return Got::Data;
    if (SSL_get_error(m_ssl.get(), result) == SSL_ERROR_ZERO_RETURN)
        return m_ended ? Got::Cut : Got::Ended;
    return settle(result) == Step::Going ? Got::Nothing : Got::Broken;
}

std::size_t Stream::write(bytes::ByteView data, bool& broken)
{
    ERR_clear_error();
    std::size_t went = 0;
    while (went < data.size()) {
        std::size_t count = 0;
        const bytes::ByteView rest = data.subspan(went);
        const int result = SSL_write_ex(m_ssl.get(), rest.data(), rest.size(), &count);
        if (result != 1) {
            broken = settle(result) == Step::Failed;
            break;
        }
        went += count;
    }
    return went;
}

bool Stream::finish()
{
    ERR_clear_error();
    m_wantsToWrite = false;
    const int result = SSL_shutdown(m_ssl.get());
    return result >= 0 || settle(result) == Step::Failed;
}

bool Stream::pending() const
{
    return m_earlyRead < m_setup.early.size() || SSL_has_pending(m_ssl.get()) == 1;
}

std::string Stream::protocol() const
{
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(m_ssl.get(), &name, &size);
    return std::string(bytes::asText({name, size}));
}

std::uint16_t Stream::version() const
{
    return static_cast<std::uint16_t>(SSL_version(m_ssl.get()));
}

bool Stream::peerHasOurKey() const
{
    return m_setup.identity && m_setup.identity->hasKeyOf(SSL_get0_peer_certificate(m_ssl.get()));
}

} // namespace podglass::tls
