// SPDX-License-Identifier: Apache-2.0
// PortManager: what all clients want of the ports of one target, put together.
//
// Contract: a port is mirrored while anybody wants it, and stolen while anybody steals it; takings
// are ordered by age, and an edited filter keeps its age. A wish that cannot be met is refused with
// words and leaves what was before. Whoever has a wish for a port is told when others change it.
// A state is told when it is in force: not before the capture has the plan that it stands for, so
// that "mirrored" means that the next packet is seen. More than limits::heldPortStates are not held
// back: the oldest goes early then.
// Thread: the io thread.
#pragma once

#include "core/agent/port_services.h"
#include "core/agent/port_tls.h"
#include "core/agent/taken_port.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace podglass::agent {

struct PortTarget
{
    base::TargetId id;
    int networkNamespace = -1; // the caller's, outlives the manager
    std::function<void(CaptureCommand)> capture;
    std::function<std::uint32_t(std::uint16_t port)> openConnections;
    // As Privileges::peerPorts().
    std::function<base::Result<std::vector<std::uint16_t>>(std::uint16_t port)> peerPorts;
    TakenPort::Make take;
};

class PortManager
{
public:
    PortManager(PortServices& services, PortTarget target);
    PortManager(const PortManager&) = delete;
    PortManager& operator=(const PortManager&) = delete;
    ~PortManager();

    // What the client is told (PortServices::tell), at once or with planInForce().
    wire::PortState set(base::ClientId client, const wire::SetPort& wanted);
    // For the client's next set() of that port to Steal; what is wrong with it refuses that.
    void setTls(base::ClientId client, const wire::SetTls& wanted);
    // Ends connections that were open when stealing began.
    base::Result<wire::OldEnded> endOld(base::ClientId client, const wire::EndOld& wanted);
    // The largest body that the client wants beyond what its SetPort says; 0: no more than that.
    void setBodyLimit(base::ClientId client, std::uint16_t port, std::uint64_t bytes);
    void clientLeft(base::ClientId client);
    // The capture follows the oldest plan that it had not yet.
    void planInForce();

    // Frees what is drained. Each second.
    void tick();
    // Ends connections of ports given back that carried nothing for so long; zero: all of them.
    void endSilent(base::Duration patience);
    // No port is stolen and no proxied connection is left.
    [[nodiscard]] bool quiet() const;
    [[nodiscard]] std::size_t proxied() const;
    [[nodiscard]] std::string rulesText() const; // of all stolen ports, in nft's syntax

private:
    struct Wish
    {
        base::ClientId client;
        wire::SetPort wanted;
        filter::Cache::Compiled filter; // Mode::Steal only
        std::uint64_t bodyLimit = 0;    // of SetDelivery
    };

    struct Port
    {
        std::vector<Wish> wishes; // stealing ones by age
        std::unique_ptr<TakenPort> stolen;
        std::uint32_t oldConnections = 0;
        wire::TlsState tls; // as last told
        // Of the connections that were open when the redirect began; none: not known.
        std::optional<std::vector<std::uint16_t>> oldPeers{};
    };

    // A state that is not in force yet.
    struct Held
    {
        std::uint64_t plan = 0; // that it waits for
        base::ClientId client;
        wire::PortState state;
    };

    base::Result<Wish>
    checked(const Port& port, base::ClientId client, const wire::SetPort& wanted);
    base::Status checkTls(const Port& port, base::ClientId client, std::uint16_t number);
    [[nodiscard]] const Wish* endsTls(const Port& port, std::uint16_t number) const;
    void tellTls(std::uint16_t number, Port& port);
    static void place(Port& port, Wish wish);
    base::Status apply(std::uint16_t number, Port& port);
    base::Status startStealing(std::uint16_t number, Port& port);
    void sendPlan();
    void drop(std::uint16_t number, base::ClientId client);
    void gaveUp(std::uint16_t number, std::string_view why);
    void tellOthers(std::uint16_t number, base::ClientId except);
    void tell(base::ClientId client, const wire::PortState& state);
    static std::string whatItDoes(const Wish& wish, bool older);
    [[nodiscard]] wire::PortState stateOf(std::uint16_t number, base::ClientId client) const;

    PortServices& m_services;
    PortTarget m_target;
    PortTls m_tls;
    std::map<std::uint16_t, Port> m_ports;
    std::vector<std::unique_ptr<TakenPort>> m_draining;
    CapturePlan m_plan;
    std::deque<Held> m_held;
    std::uint64_t m_plansSent = 0;
    std::uint64_t m_plansInForce = 0;
};

} // namespace podglass::agent
