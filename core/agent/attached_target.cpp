// SPDX-License-Identifier: Apache-2.0
#include "core/agent/attached_target.h"

#include "core/agent/host/network_namespace.h"
#include "core/agent/stolen_port.h"

#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace podglass::agent {

AttachedTarget::AttachedTarget(PortServices& services,
                               base::TargetId id,
                               std::string spec,
                               ResolvedTarget resolved,
                               std::unique_ptr<CaptureDoor> door,
                               Events events)
    : m_services(services)
    , m_id(id)
    , m_spec(std::move(spec))
    , m_resolved(std::move(resolved))
    , m_events(std::move(events))
    , m_capture(id, std::move(door), services.ringBudget())
    , m_broadcast(services.loop(), m_capture.ring(), [this] { m_events.news(*this); })
    , m_ports(
          services,
          {id,
           m_resolved.networkNamespace.get(),
           [this](CaptureCommand command) { m_capture.command(std::move(command)); },
           [this](std::uint16_t port) {
               return static_cast<std::uint32_t>(m_broadcast.open().count(m_id, port));
           },
           [this](std::uint16_t port) {
               return m_services.means().privileges->peerPorts(m_resolved.networkNamespace.get(),
                                                               port);
           },
           [&services](steal::StealSetup setup, TakenPort::Reports reports) {
               return std::make_unique<StolenPort>(services, std::move(setup), std::move(reports));
           }})
{
    services.loop().watch(m_capture.reports().wakeFd(), EPOLLIN, [this](auto) { onReports(); });
    // Our own namespace and a named one live on without any process.
    if (m_spec != "self" && !m_spec.starts_with("netns:"))
        watchProcess();
}

AttachedTarget::~AttachedTarget()
{
    m_services.loop().unwatch(m_capture.reports().wakeFd());
    if (m_process)
        m_services.loop().unwatch(m_process.get());
}

wire::Attached AttachedTarget::describe(std::uint32_t request) const
{
    const Means& means = m_services.means();
    wire::Attached attached;
    attached.request = request;
    attached.target = m_id;
    attached.spec = m_spec;
    attached.name = m_resolved.name;
    attached.interfaces = m_interfaces->names;
    attached.ports = means.privileges->listeningPorts(m_resolved.networkNamespace.get(), m_spec);
    attached.capabilities = means.capabilities();
    attached.lacking = means.rights.stealLacks();
    for (const std::string& note : {m_interfaces->note, m_note}) {
        if (!note.empty())
            attached.lacking += (attached.lacking.empty() ? "" : "; ") + note;
    }
    return attached;
}

void AttachedTarget::onReports()
{
    for (CaptureReport& report : m_capture.reports().take()) {
        if (const auto* ended = std::get_if<CaptureEnded>(&report)) {
            m_events.gone(*this, ended->error);
            continue;
        }
        if (std::holds_alternative<PlanInForce>(report)) {
            m_ports.planInForce();
            continue;
        }
        const bool first = !ready();
        m_interfaces = std::get<InterfacesNow>(std::move(report));
        if (first)
            m_events.ready(*this);
    }
}

void AttachedTarget::tick()
{
    m_ports.tick();
    if (m_gone) {
        endForNobody();
        return;
    }
    // We hold the namespace ourselves, so nothing else tells that its name is gone.
    constexpr std::string_view named = "netns:";
    if (!m_spec.starts_with(named))
        return;
    const std::uint64_t now = networkNamespaceInode(
        std::filesystem::path("/run/netns") / std::string_view(m_spec).substr(named.size()));
    if (now == networkNamespaceInode(m_resolved.networkNamespace.get()))
        return;
    m_gone = true;
    m_events.gone(*this,
                  {.what = "the network namespace was deleted",
                   .where = m_spec,
                   .advice = "attach again when it is back",
                   .lasting = base::Lasting::Transient});
}

// Connections that were passed on are seen out, but where nobody is left who could answer one or
// has opened one inside, it is only we who keep the namespace. Certain only where a process was
// seen in it before: an agent in a container does not see those of others.
void AttachedTarget::endForNobody()
{
    if (m_ports.quiet() || m_resolved.pid == 0)
        return;
    const auto left =
        m_services.means().privileges->processIn(m_resolved.networkNamespace.get(), 0);
    if (!left || *left != 0)
        return;
    if (!std::exchange(m_deserted, true))
        m_events.deserted(*this);
    m_ports.endSilent(limits::seenOutOfNobody);
}

void AttachedTarget::watchProcess()
{
    if (m_process)
        m_services.loop().unwatch(m_process.get());
    m_process.reset(
        static_cast<int>(::syscall(SYS_pidfd_open, static_cast<pid_t>(m_resolved.pid), 0U)));
    if (m_process)
        m_services.loop().watch(m_process.get(), EPOLLIN, [this](auto) { onProcessEnd(); });
}

// A worker that was replaced is not the end: another process of the namespace takes its place.
void AttachedTarget::onProcessEnd()
{
    const auto successor =
        m_services.means().privileges->processIn(m_resolved.networkNamespace.get(), m_resolved.pid);
    if (successor && *successor != 0) {
        m_resolved.pid = *successor;
        watchProcess();
        return;
    }
    m_services.loop().unwatch(m_process.get());
    m_process.reset();
    m_gone = true;
    m_events.gone(*this,
                  {.what = "the target's last process ended",
                   .where = m_spec,
                   .advice = "attach again when it is back",
                   .lasting = base::Lasting::Transient});
}

} // namespace podglass::agent
