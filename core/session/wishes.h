// SPDX-License-Identifier: Apache-2.0
// Wishes: what the user wants of the agent, kept so that it can be said again to a new one.
// Stealing does not come back by itself: it returns as mirroring, and the first PortState says so.
// Pure; one thread.
#pragma once

#include "core/session/ids.h"
#include "core/wire/message.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace podglass::session {

class Wishes
{
public:
    void attach(std::uint32_t request, std::string spec);
    void detach(base::TargetId ours);
    void setPort(wire::SetPort wanted); // with our target id
    void forgetPort(base::TargetId ours, std::uint16_t port);
    [[nodiscard]] std::optional<wire::SetPort> find(base::TargetId ours, std::uint16_t port) const;
    void setDelivery(const wire::SetDelivery& wanted);

    // The agent attached one; gives what to send next for it. `message` gets our ids.
    std::vector<wire::SetPort> attached(wire::Attached& message, Ids& ids);
    // What was wanted of the delivery of its ports, to be sent behind them.
    [[nodiscard]] std::vector<wire::SetDelivery> deliveries(base::TargetId ours) const;
    void failed(std::uint32_t request);

    // After a break: which attaches to send again. `keepStealing`: it was no accident.
    std::vector<wire::Attach> again(bool keepStealing = false);

    // Words for the first state of a port that was stealing when the connection broke.
    void annotate(wire::PortState& state); // with our target id

private:
    struct Target
    {
        std::uint32_t request = 0;
        std::string spec;
        base::TargetId ours;
    };

    struct Port
    {
        wire::SetPort wanted;
        bool demoted = false;
    };

    std::vector<Target> m_targets;
    std::map<std::pair<std::uint64_t, std::uint16_t>, Port> m_ports;
    std::map<std::pair<std::uint64_t, std::uint16_t>, wire::SetDelivery> m_deliveries;
};

} // namespace podglass::session
