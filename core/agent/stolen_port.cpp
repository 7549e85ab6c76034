// SPDX-License-Identifier: Apache-2.0
#include "core/agent/stolen_port.h"

#include "core/base/limits.h"

namespace podglass::agent {

namespace {

steal::StealSetup withMeans(steal::StealSetup setup, PortServices& services)
{
    setup.nextConnection = [&events = services.proxyEvents()] { return events.nextConnection(); };
    setup.privileges = services.means().privileges.get();
    setup.timed = services.means().timedRedirects;
    return setup;
}

} // namespace

StolenPort::StolenPort(PortServices& services, steal::StealSetup setup, Reports reports)
    : m_writer(services.proxyEvents().writer())
    , m_reports(std::move(reports))
    , m_parsers(m_writer,
                setup.target,
                services.proxyEvents().exchangeIds(),
                {.bodyLimit = limits::bodyPreviewBytes})
    , m_port(
          services.loop(), withMeans(std::move(setup), services), m_parsers, services.gate(), *this)
{}

void StolenPort::ownsConnection(const flow::Endpoint& client,
                                const flow::Endpoint& server,
                                bool owned)
{
    m_reports.capture(ProxyOwns{client, server, owned});
}

void StolenPort::decided(flow::Event decision)
{
    m_writer.onEvent(decision);
}

void StolenPort::gaveUp(std::uint16_t port, std::string_view why)
{
    m_reports.gaveUp(port, why);
}

} // namespace podglass::agent
