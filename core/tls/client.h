// SPDX-License-Identifier: Apache-2.0
// TLS to a server of the user's choice, such as the program that answers stolen requests.
#pragma once

#include "core/io/tls.h"

namespace podglass::tls {

struct ClientWish
{
    std::string name;      // to ask for; an address is not asked for (RFC 6066 3)
    std::string protocols; // with commas
    bool verify = true;    // the certificate must be trusted and be for `name`
    std::string ca;        // PEM file of whom to trust; empty: whom the system trusts
};

base::Result<std::unique_ptr<io::TlsStream>> connect(int socket, const ClientWish& wish);

} // namespace podglass::tls
