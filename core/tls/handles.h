// SPDX-License-Identifier: Apache-2.0
// OpenSSL's objects with one owner each.
#pragma once

#include <memory>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace podglass::tls {

struct Free
{
    void operator()(BIO* each) const { BIO_free(each); }

    void operator()(X509* each) const { X509_free(each); }

    void operator()(EVP_PKEY* each) const { EVP_PKEY_free(each); }

    void operator()(SSL* each) const { SSL_free(each); }

    void operator()(SSL_CTX* each) const { SSL_CTX_free(each); }

    void operator()(BIO_METHOD* each) const { BIO_meth_free(each); }
};

template <typename T>
using Handle = std::unique_ptr<T, Free>;

} // namespace podglass::tls
