// SPDX-License-Identifier: Apache-2.0
// What an agent has to work with: who does what needs rights, and which rights there are. The same
// for its whole life. Thread: a value; the privileges are the io thread's.
#pragma once

#include "core/agent/privileges.h"
#include "core/agent/rights.h"
#include "core/io/tls.h"
#include "core/wire/message.h"

#include <memory>
#include <string>

namespace podglass::agent {

struct Means
{
    std::shared_ptr<Privileges> privileges = std::make_shared<HostPrivileges>();
    Rights rights = ownRights();
    // What confines the agent less than it should, in words for the user; else empty.
    std::string confinement{};
    // Redirects without an owner, as on kernels before 5.12.
    bool timedRedirects = false;
    // Empty: this program cannot end TLS.
    io::MakeTlsTermination tls{};

    // wire::Capability bits.
    [[nodiscard]] std::uint64_t capabilities() const
    {
        return rights.capabilities()
               | (tls ? static_cast<std::uint64_t>(wire::Capability::Tls) : 0U);
    }
};

} // namespace podglass::agent
