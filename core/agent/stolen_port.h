// SPDX-License-Identifier: Apache-2.0
// StolenPort: one StealPort with what it reports to: the ring for its events, the capture thread
// for the connections it owns, the port manager when it gives up. Thread: the io thread.
#pragma once

#include "core/agent/port_services.h"
#include "core/parse/connection_parser.h"

#include <functional>

namespace podglass::agent {

class StolenPort : public steal::ProxyObserver
{
public:
    struct Reports
    {
        std::function<void(CaptureCommand)> capture;
        std::function<void(std::uint16_t port, std::string_view why)> gaveUp;
    };

    StolenPort(PortServices& services, steal::StealSetup setup, Reports reports);

    steal::StealPort& port() { return m_port; }

    [[nodiscard]] const steal::StealPort& port() const { return m_port; }

    void
    ownsConnection(const flow::Endpoint& client, const flow::Endpoint& server, bool owned) override;
    void decided(flow::Event decision) override;
    void gaveUp(std::uint16_t port, std::string_view why) override;

private:
    EventWriter& m_writer;
    Reports m_reports;
    parse::ParserFactory m_parsers;
    steal::StealPort m_port;
};

} // namespace podglass::agent
