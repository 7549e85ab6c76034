// SPDX-License-Identifier: Apache-2.0
// What a port manager needs of the agent around it.
#pragma once

#include "core/agent/capture_plan.h"
#include "core/agent/means.h"
#include "core/agent/proxy_events.h"
#include "core/filter/cache.h"
#include "core/steal/steal_port.h"

#include <string>

namespace podglass::agent {

class PortServices
{
public:
    PortServices() = default;
    PortServices(const PortServices&) = delete;
    PortServices& operator=(const PortServices&) = delete;
    virtual ~PortServices() = default;

    virtual io::Loop& loop() = 0;
    virtual filter::Cache& filters() = 0;
    virtual steal::TakerGate& gate() = 0;
    virtual ProxyEvents& proxyEvents() = 0; // made on the first call
    // What all rings of the agent may hold together.
    [[nodiscard]] virtual std::shared_ptr<channel::RingBudget> ringBudget() = 0;
    [[nodiscard]] virtual std::string nameOf(base::ClientId client) const = 0;
    // The agent changed the state by itself, or another client did.
    virtual void tell(base::ClientId client, const wire::PortState& state) = 0;
    virtual void tell(base::ClientId client, const wire::TlsState& state) = 0;
    [[nodiscard]] virtual const Means& means() const = 0;
    // Empty: this agent can steal. Else what it lacks, in words.
    [[nodiscard]] virtual std::string stealLacks() const = 0;
    // An error while memory is so scarce that nothing new is begun.
    [[nodiscard]] virtual base::Status roomForMore(const std::string& where) const = 0;
};

} // namespace podglass::agent
