// SPDX-License-Identifier: Apache-2.0
// The certificate and key of a service, read from the user's files to be sent to the agent.
// Contract: they belong together, or there is an error that says what is wrong; the key's text is
// wiped with what holds it. Thread: any.
#pragma once

#include "core/base/result.h"
#include "core/base/wipe.h"

#include <string>

namespace podglass::session {

struct TlsFiles
{
    std::string certificate; // PEM, with its chain
    std::string key;         // PEM

    [[nodiscard]] bool named() const { return !certificate.empty() || !key.empty(); }
};

// PEM texts; the key without its passphrase.
struct TlsPair
{
    std::string name; // "CN=shop, until 2027-01-01"
    std::string certificate;
    base::Secret key;
};

// Whether the key must be opened with a passphrase.
base::Result<bool> asksForPassphrase(const TlsFiles& files);

base::Result<TlsPair> readTlsFiles(const TlsFiles& files, const base::Secret& passphrase);

} // namespace podglass::session
