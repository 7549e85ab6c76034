// SPDX-License-Identifier: Apache-2.0
// StolenPort: one StealPort with what it reports to: the ring for its events, the capture thread
// for the connections it owns, the port manager when it gives up. Thread: the io thread.
#pragma once

#include "core/agent/port_services.h"
#include "core/agent/taken_port.h"
#include "core/parse/connection_parser.h"

namespace podglass::agent {

class StolenPort : public TakenPort, private steal::ProxyObserver
{
public:
    StolenPort(PortServices& services, steal::StealSetup setup, Reports reports);

    base::Status start() override { return m_port.start(); }

    void setTakings(std::vector<steal::Taking> takings) override
    {
        m_port.setTakings(std::move(takings));
    }

    void setTls(std::shared_ptr<const io::TlsTermination> tls) override
    {
        m_port.setTls(std::move(tls));
    }

    void release() override { m_port.release(); }

    void endSilent(base::Duration patience) override { m_port.endSilent(patience); }

    [[nodiscard]] bool drained() const override { return m_port.drained(); }

    [[nodiscard]] std::size_t proxied() const override { return m_port.proxied(); }

    [[nodiscard]] steal::TlsCounts tlsCounts() const override { return m_port.tlsCounts(); }

    [[nodiscard]] std::string rulesText() const override { return m_port.rulesText(); }

private:
    // steal::ProxyObserver
    void
    ownsConnection(const flow::Endpoint& client, const flow::Endpoint& server, bool owned) override;
    void decided(flow::Event decision) override;
    void gaveUp(std::uint16_t port, std::string_view why) override;

    flow::EventSink& m_writer;
    Reports m_reports;
    parse::ParserFactory m_parsers;
    steal::StealPort m_port;
};

} // namespace podglass::agent
