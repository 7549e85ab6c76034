// SPDX-License-Identifier: Apache-2.0
#include "core/tls/identity.h"

#include "core/tls/handles.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <vector>

namespace podglass::tls {

namespace {

constexpr const char* where = "TLS certificate and key";
constexpr std::size_t lockedBytes = 65'536; // keys of some hundred ports
constexpr std::size_t lockedPiece = 32;
constexpr int longestChain = 16;

base::Error wrong(std::string what, std::string advice)
{
    ERR_clear_error();
    return {.what = std::move(what), .where = where, .advice = std::move(advice)};
}

Handle<BIO> reader(std::string_view text)
{
    return Handle<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

int givePassphrase(char* into, int room, int /*writing*/, void* given)
{
    const auto& text = static_cast<const base::Secret*>(given)->text();
    if (text.size() > static_cast<std::size_t>(room))
        return -1;
    std::memcpy(into, text.data(), text.size());
    return static_cast<int>(text.size());
}

std::string read(BIO* memory)
{
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    return {data, static_cast<std::size_t>(std::max(size, 0L))};
}

std::string nameOf(const X509* certificate)
{
    const Handle<BIO> out(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(out.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
    tm until{};
    std::array<char, 32> day{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &until) == 1
        && std::strftime(day.data(), day.size(), "%Y-%m-%d", &until) > 0)
        BIO_printf(out.get(), ", until %s", day.data());
    return read(out.get());
}

} // namespace

struct Identity::Parts
{
    Handle<X509> certificate;
    std::vector<Handle<X509>> chain;
    Handle<EVP_PKEY> key;
};

bool lockMemory()
{
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    static const bool locked = CRYPTO_secure_malloc_init(lockedBytes, lockedPiece) == 1;
    return locked;
}

bool isEncrypted(std::string_view keyPem)
{
    return keyPem.find("BEGIN ENCRYPTED PRIVATE KEY") != std::string_view::npos
           || keyPem.find("Proc-Type: 4,ENCRYPTED") != std::string_view::npos;
}

Identity::Identity(std::unique_ptr<Parts> parts)
    : m_parts(std::move(parts))
    , m_name(nameOf(m_parts->certificate.get()))
{}

Identity::~Identity() = default;

base::Result<std::shared_ptr<const Identity>> Identity::read(std::string_view certificatePem,
                                                             std::string_view keyPem,
                                                             const base::Secret& passphrase)
{
    auto parts = std::make_unique<Parts>();
    const Handle<BIO> certificates = reader(certificatePem);
    parts->certificate.reset(PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr));
    if (!parts->certificate)
        return wrong("the certificate file holds no certificate",
                     "give the file that the service uses, in PEM form (BEGIN CERTIFICATE)");
    while (Handle<X509> next{PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr)}) {
        if (parts->chain.size() >= longestChain)
            return wrong("the certificate file holds more than " + std::to_string(longestChain + 1)
                             + " certificates",
                         "give the service's own and its intermediate ones only");
        parts->chain.push_back(std::move(next));
    }
    const Handle<BIO> keys = reader(keyPem);
    void* given = const_cast<base::Secret*>(&passphrase); // NOLINT: the C callback's type
    parts->key.reset(PEM_read_bio_PrivateKey(keys.get(), nullptr, &givePassphrase, given));
    if (!parts->key && isEncrypted(keyPem))
        return passphrase.empty()
                   ? wrong("the private key is encrypted", "its passphrase is needed")
                   : wrong("the passphrase does not open the private key", "try again");
    if (!parts->key)
        return wrong("the key file holds no private key",
                     "give the file that the service uses, in PEM form (BEGIN PRIVATE KEY)");
    if (X509_check_private_key(parts->certificate.get(), parts->key.get()) != 1)
        return wrong("the private key does not belong to the certificate",
                     "give the two files that the service itself uses; the first certificate in "
                     "the file must be the service's own");
    ERR_clear_error(); // the end of the file was an error to the reader
    return std::shared_ptr<const Identity>(new Identity(std::move(parts)));
}

std::string Identity::certificatePem() const
{
    const Handle<BIO> out(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(out.get(), m_parts->certificate.get());
    for (const auto& each : m_parts->chain)
        PEM_write_bio_X509(out.get(), each.get());
    return tls::read(out.get());
}

base::Secret Identity::keyPem() const
{
    const Handle<BIO> out(BIO_new(BIO_s_secmem()));
    PEM_write_bio_PrivateKey(out.get(), m_parts->key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return base::Secret(tls::read(out.get()));
}

bool Identity::same(const Identity& other) const
{
    return X509_cmp(m_parts->certificate.get(), other.m_parts->certificate.get()) == 0
           && EVP_PKEY_eq(m_parts->key.get(), other.m_parts->key.get()) == 1;
}

bool Identity::hasKeyOf(const X509* certificate) const
{
    EVP_PKEY* theirs = certificate == nullptr ? nullptr : X509_get0_pubkey(certificate);
    return theirs != nullptr && EVP_PKEY_eq(m_parts->key.get(), theirs) == 1;
}

bool Identity::use(SSL_CTX* context) const
{
    if (SSL_CTX_use_certificate(context, m_parts->certificate.get()) != 1
        || SSL_CTX_use_PrivateKey(context, m_parts->key.get()) != 1)
        return false;
    for (const auto& each : m_parts->chain)
        if (SSL_CTX_add1_chain_cert(context, each.get()) != 1)
            return false;
    return true;
}

} // namespace podglass::tls
