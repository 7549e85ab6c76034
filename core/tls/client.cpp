// SPDX-License-Identifier: Apache-2.0
#include "core/tls/client.h"

#include "core/tls/stream.h"

#include <array>
#include <openssl/err.h>

#include <arpa/inet.h>

namespace podglass::tls {

namespace {

bool isAddress(const std::string& name)
{
    std::array<unsigned char, sizeof(in6_addr)> any{};
    return ::inet_pton(AF_INET, name.c_str(), any.data()) == 1
           || ::inet_pton(AF_INET6, name.c_str(), any.data()) == 1;
}

} // namespace

base::Result<std::unique_ptr<io::TlsStream>> connect(int socket, const ClientWish& wish)
{
    const Handle<SSL_CTX> context = clientContext();
    if (wish.verify && wish.ca.empty()) {
        SSL_CTX_set_default_verify_paths(context.get());
    } else if (wish.verify && SSL_CTX_load_verify_file(context.get(), wish.ca.c_str()) != 1) {
        ERR_clear_error();
        return base::Error{.what = wish.ca + " holds no certificate that can be read",
                           .where = "TLS",
                           .advice = "name a PEM file of the CA (BEGIN CERTIFICATE)"};
    }
    auto stream = std::make_unique<Stream>(Stream::Role::Client,
                                           StreamSetup{.context = context.get(), .socket = socket});
    stream->offer({isAddress(wish.name) ? std::string() : wish.name, wish.protocols});
    if (wish.verify)
        stream->verify(wish.name);
    return std::unique_ptr<io::TlsStream>(std::move(stream));
}

} // namespace podglass::tls
