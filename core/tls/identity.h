// SPDX-License-Identifier: Apache-2.0
// Identity: a certificate with its chain and its private key, as PEM files hold them.
// Contract: it exists only where the key belongs to the certificate. The key lies in OpenSSL's
// locked heap where there is one (lockMemory()), and is wiped with the last copy.
// Errors name the file's part that is wrong, never its content. Thread: a value once made.
// Source: RFC 7468 (PEM), RFC 5280 (certificates), RFC 5958 (encrypted keys).
#pragma once

#include "core/base/result.h"
#include "core/base/wipe.h"

#include <memory>
#include <openssl/types.h>
#include <string>
#include <string_view>

namespace podglass::tls {

// Before the first key is read, once in a process: private keys are kept in memory that is never
// written to swap or a core file. False: the system allows no locked memory.
bool lockMemory();

// Whether the key asks for a passphrase.
bool isEncrypted(std::string_view keyPem);

class Identity
{
public:
    static base::Result<std::shared_ptr<const Identity>>
    read(std::string_view certificatePem, std::string_view keyPem, const base::Secret& passphrase);

    Identity(const Identity&) = delete;
    Identity& operator=(const Identity&) = delete;
    ~Identity();

    // For the agent.
    [[nodiscard]] std::string certificatePem() const;
    [[nodiscard]] base::Secret keyPem() const; // not encrypted

    [[nodiscard]] const std::string& name() const { return m_name; }

    [[nodiscard]] bool same(const Identity& other) const;
    [[nodiscard]] bool hasKeyOf(const X509* certificate) const;
    [[nodiscard]] bool use(SSL_CTX* context) const; // shares them

private:
    struct Parts;
    explicit Identity(std::unique_ptr<Parts> parts);

    std::unique_ptr<Parts> m_parts;
    std::string m_name;
};

} // namespace podglass::tls
