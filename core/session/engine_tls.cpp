// SPDX-License-Identifier: Apache-2.0
// Certificates on their way to the agent, and the agent that can use them.
#include "core/base/wipe.h"
#include "core/session/engine.h"

#include <unistd.h>

namespace podglass::session {

namespace {

constexpr const char* tlsAgent = "-tls"; // podglass-agent-tls lies beside podglass-agent

wire::PortState refusal(const wire::SetPort& wanted, wire::Mode mode)
{
    wire::PortState state;
    state.target = wanted.target;
    state.port = wanted.port;
    state.mode = mode;
    state.revision = wanted.revision;
    state.refused = true;
    state.message = "set port " + std::to_string(wanted.port)
                    + ": this agent cannot end TLS (use podglass-agent-tls in its place)";
    return state;
}

} // namespace

bool Engine::can(wire::Capability capability) const
{
    return m_agentHello
           && (m_agentHello->capabilities & static_cast<std::uint64_t>(capability)) != 0;
}

// Held until its SetPort goes out: then it is sent and wiped.
void Engine::setTls(wire::SetTls wanted)
{
    const PortKey key(wanted.target.value, wanted.port);
    forgetTls(key);
    const bool any = !wanted.certificate.empty();
    if (any || can(wire::Capability::Tls))
        m_certificates[key] = std::move(wanted);
    if (any && live() && !can(wire::Capability::Tls))
        takeTlsAgent();
}

void Engine::forgetTls(const PortKey& key)
{
    if (const auto found = m_certificates.find(key); found != m_certificates.end()) {
        base::wipe(found->second.key);
        m_certificates.erase(found);
    }
}

// The agent in use cannot, but there is one that can: it comes in the place of the other, which
// sees out what it passes on. What was wanted is asked of it again, stealing included.
void Engine::takeTlsAgent()
{
    const RoadKind road = m_options.road.kind;
    const bool ours =
        (road == RoadKind::Local || road == RoadKind::Ssh || road == RoadKind::SystemSsh)
        && m_options.road.agent.empty() && !m_options.agentPath.empty();
    const std::string path = m_options.agentPath + tlsAgent;
    if (!ours || m_options.agentPath.ends_with(tlsAgent) || ::access(path.c_str(), R_OK) != 0)
        return; // the SetPort that follows is refused
    m_options.agentPath = path;
    step(StepState::Done, "ending TLS needs a larger agent, which is started now");
    send(wire::Goodbye{"the client takes the agent that can end TLS"});
    m_brokenAt = m_lastHeardWall;
    m_keepStealing = true;
    closeAll();
    begin();
}

// False: it was refused.
bool Engine::sendPort(wire::SetPort wanted, wire::Mode before)
{
    const PortKey key(wanted.target.value, wanted.port);
    const auto found = m_certificates.find(key);
    if (wanted.mode == wire::Mode::Steal && found != m_certificates.end()) {
        if (!can(wire::Capability::Tls)) {
            forgetTls(key);
            m_outbox.push(refusal(wanted, before));
            return false;
        }
        found->second.target = m_ids.agents(wanted.target);
        wire::Message message = std::move(found->second);
        send(message);
        base::wipe(std::get<wire::SetTls>(message).key);
        m_certificates.erase(found);
    }
    wanted.target = m_ids.agents(wanted.target);
    send(wanted);
    return true;
}

void Engine::endOld(std::uint32_t request, base::TargetId target, std::uint16_t port)
{
    const base::TargetId agents = m_ids.agents(target);
    if (agents && live() && can(wire::Capability::EndOld)) {
        send(wire::EndOld{request, agents, port});
        return;
    }
    wire::Failure failure;
    failure.request = request;
    failure.target = target;
    failure.what = "this agent cannot end connections of others";
    failure.where = "end old connections of port " + std::to_string(port);
    failure.advice = "it is older than this program, or may not change the network";
    m_outbox.push(std::move(failure));
}

void Engine::on(wire::TlsState& state)
{
    state.target = m_ids.ours(state.target);
    m_outbox.push(std::move(state));
}

void Engine::on(wire::OldEnded& ended)
{
    ended.target = m_ids.ours(ended.target);
    m_outbox.push(ended);
}

} // namespace podglass::session
