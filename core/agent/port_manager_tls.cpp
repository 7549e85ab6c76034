// SPDX-License-Identifier: Apache-2.0
// Ports whose TLS is ended, and connections from before.
#include "core/agent/port_manager.h"

#include <algorithm>

namespace podglass::agent {

using wire::Mode;

void PortManager::setTls(base::ClientId client, const wire::SetTls& wanted)
{
    m_tls.set(client, wanted, m_services.means().tls);
}

base::Status PortManager::checkTls(const Port& port, base::ClientId client, std::uint16_t number)
{
    const std::string where = "set port " + std::to_string(number);
    if (const std::string problem = m_tls.takeProblem(client, number); !problem.empty())
        return base::Error{.what = problem, .where = where, .advice = ""};
    const auto ours = m_tls.of(client, number);
    for (const Wish& other : port.wishes) {
        const auto theirs = m_tls.of(other.client, number);
        if (ours && theirs && other.client != client && !ours->same(*theirs))
            return base::Error{.what = m_services.nameOf(other.client)
                                       + " ends TLS on this port by another certificate",
                               .where = where,
                               .advice = "give the same one, or none: what they end you see too"};
    }
    return base::Done{};
}

// The oldest that steals and gave a certificate.
const PortManager::Wish* PortManager::endsTls(const Port& port, std::uint16_t number) const
{
    const auto found = std::ranges::find_if(port.wishes, [&](const Wish& wish) {
        return wish.wanted.mode == Mode::Steal && m_tls.of(wish.client, number) != nullptr;
    });
    return found == port.wishes.end() ? nullptr : &*found;
}

void PortManager::tellTls(std::uint16_t number, Port& port)
{
    if (!port.stolen)
        return;
    const Wish* ends = endsTls(port, number);
    const steal::TlsCounts counts = port.stolen->tlsCounts();
    const wire::TlsState now{.target = m_target.id,
                             .port = number,
                             .certificate =
                                 ends == nullptr ? "" : m_tls.of(ends->client, number)->name(),
                             .terminated = counts.terminated,
                             .untouched = counts.untouched,
                             .failed = counts.failed,
                             .underWay = static_cast<std::uint32_t>(counts.underWay),
                             .problem = counts.problem};
    if (now == port.tls || (now.certificate.empty() && port.tls.certificate.empty()))
        return;
    port.tls = now;
    for (const Wish& wish : port.wishes)
        m_services.tell(wish.client, now);
}

base::Result<wire::OldEnded> PortManager::endOld(base::ClientId client, const wire::EndOld& wanted)
{
    const std::string where = "end old connections of port " + std::to_string(wanted.port);
    const auto found = m_ports.find(wanted.port);
    const bool steals = found != m_ports.end() && found->second.stolen
                        && std::ranges::any_of(found->second.wishes, [&](const Wish& wish) {
                               return wish.client == client && wish.wanted.mode == Mode::Steal;
                           });
    if (!steals)
        return base::Error{.what = "you do not steal this port",
                           .where = where,
                           .advice = "connections are ended only so that they come back stolen"};
    const auto ended =
        m_services.means().privileges->endOld(m_target.networkNamespace, wanted.port);
    if (!ended)
        return ended.error();
    found->second.oldConnections = ended->left;
    tellOthers(wanted.port, client);
    tell(client, stateOf(wanted.port, client));
    return wire::OldEnded{wanted.request, wanted.target, wanted.port, ended->ended, ended->left};
}

} // namespace podglass::agent
