// SPDX-License-Identifier: Apache-2.0
#include "core/agent/port_tls.h"

#include "core/base/limits.h"

#include <algorithm>

namespace podglass::agent {

namespace {

base::Result<PortTls::Termination> made(const wire::SetTls& wish,
                                        const io::MakeTlsTermination& make)
{
    const std::string where = "TLS certificate and key";
    if (!make)
        return base::Error{.what = "this agent cannot end TLS",
                           .where = where,
                           .advice = "start podglass-agent-tls in its place"};
    if (wish.certificate.size() > limits::pemBytes || wish.key.size() > limits::pemBytes)
        return base::Error{.what = "more than " + std::to_string(limits::pemBytes) + " bytes",
                           .where = where,
                           .advice = "give the service's own certificate with its chain only"};
    return make(wish.certificate, wish.key);
}

} // namespace

void PortTls::set(base::ClientId client,
                  const wire::SetTls& wish,
                  const io::MakeTlsTermination& make)
{
    const Key key(client.value, wish.port);
    if (wish.certificate.empty() && wish.key.empty()) {
        m_entries.erase(key);
        return;
    }
    auto termination = held() < limits::tlsPorts
                           ? made(wish, make)
                           : base::Error{.what = "more than " + std::to_string(limits::tlsPorts)
                                                 + " ports whose TLS is ended",
                                         .where = "TLS certificate and key",
                                         .advice = "steal fewer ports at once"};
    Entry& entry = m_entries[key];
    entry.problem = termination ? std::string() : termination.error().text();
    if (termination)
        entry.termination = std::move(termination).value();
}

void PortTls::forget(base::ClientId client, std::uint16_t port)
{
    m_entries.erase({client.value, port});
}

std::size_t PortTls::held() const
{
    return static_cast<std::size_t>(std::ranges::count_if(
        m_entries, [](const auto& entry) { return entry.second.termination != nullptr; }));
}

const PortTls::Entry* PortTls::find(base::ClientId client, std::uint16_t port) const
{
    const auto found = m_entries.find({client.value, port});
    return found == m_entries.end() ? nullptr : &found->second;
}

PortTls::Termination PortTls::of(base::ClientId client, std::uint16_t port) const
{
    const Entry* entry = find(client, port);
    return entry == nullptr ? nullptr : entry->termination;
}

std::string PortTls::takeProblem(base::ClientId client, std::uint16_t port)
{
    const auto found = m_entries.find({client.value, port});
    return found == m_entries.end() ? std::string() : std::exchange(found->second.problem, {});
}

} // namespace podglass::agent
