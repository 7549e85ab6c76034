// SPDX-License-Identifier: Apache-2.0
// A PortManager with redirects that are only written down. Thread: the test's.
#pragma once

#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> as this order of headers brings it in
#include "core/agent/port_manager.h"
#endif

#include <optional>

namespace podglass::test {

using wire::Mode;

inline constexpr base::ClientId anna{1};
inline constexpr base::ClientId bert{2};
inline constexpr base::ClientId cleo{3};
inline constexpr std::uint16_t web = 8080;

// What happened to the redirects of a port.
struct WrittenRedirect
{
    std::vector<base::ClientId> takers; // the last setTakings
    std::vector<std::uint64_t> revisions;
    agent::TakenPort::Reports reports;
    bool started = false;
    bool released = false;
    bool gone = false;
    bool drained = true;
    std::optional<base::Duration> patience; // of the last endSilent()
};

class FakeTakenPort : public agent::TakenPort
{
public:
    FakeTakenPort(WrittenRedirect& redirect, bool refuses)
        : m_redirect(redirect)
        , m_refuses(refuses)
    {}

    ~FakeTakenPort() override { m_redirect.gone = true; }

    base::Status start() override
    {
        if (m_refuses)
            return base::Error{.what = "no nftables here", .where = "steal", .advice = ""};
        m_redirect.started = true;
        return base::Done{};
    }

    void setTakings(std::vector<steal::Taking> takings) override
    {
        m_redirect.takers.clear();
        m_redirect.revisions.clear();
        for (const steal::Taking& taking : takings) {
            m_redirect.takers.push_back(taking.client);
            m_redirect.revisions.push_back(taking.revision);
        }
    }

    void release() override { m_redirect.released = true; }

    void endSilent(base::Duration patience) override { m_redirect.patience = patience; }

    [[nodiscard]] bool drained() const override { return m_redirect.drained; }

    [[nodiscard]] std::size_t proxied() const override { return m_redirect.drained ? 0 : 1; }

    [[nodiscard]] std::string rulesText() const override { return "the rules"; }

private:
    WrittenRedirect& m_redirect;
    bool m_refuses;
};

struct NoGate : steal::TakerGate
{
    std::unique_ptr<steal::TakerStream>
    open(base::ClientId, wire::StealOpen, steal::TakerStream::Events) override
    {
        return nullptr;
    }
};

struct Services : agent::PortServices
{
    io::Loop& loop() override { return m_loop; }

    filter::Cache& filters() override { return m_filters; }

    steal::TakerGate& gate() override { return m_gate; }

    agent::ProxyEvents& proxyEvents() override { return m_proxyEvents; }

    [[nodiscard]] std::shared_ptr<channel::RingBudget> ringBudget() override { return {}; }

    [[nodiscard]] std::string nameOf(base::ClientId client) const override
    {
        return client == anna ? "anna" : client == bert ? "bert" : "cleo";
    }

    void tell(base::ClientId client, const wire::PortState& state) override
    {
        told.emplace_back(client, state);
    }

    [[nodiscard]] const agent::Means& means() const override { return m_means; }

    [[nodiscard]] std::string stealLacks() const override { return lacks; }

    std::string lacks;
    std::vector<std::pair<base::ClientId, wire::PortState>> told;

private:
    io::Loop m_loop;
    filter::Cache m_filters;
    NoGate m_gate;
    agent::Means m_means;
    agent::ProxyEvents m_proxyEvents{m_loop, {}, [] {}};
};

struct PortRig
{
    wire::PortState set(base::ClientId client,
                        Mode mode,
                        const std::string& filter = {},
                        std::uint64_t revision = 1)
    {
        wire::SetPort wanted;
        wanted.port = web;
        wanted.mode = mode;
        wanted.filter = filter;
        wanted.revision = revision;
        services.told.clear();
        return ports.set(client, wanted);
    }

    [[nodiscard]] const WrittenRedirect& now() const { return *redirects.back(); }

    // Whether the capture shows new connections of the port; none: it is not captured.
    [[nodiscard]] std::optional<bool> shown() const
    {
        const auto found = plan.ports.find(web);
        return found == plan.ports.end() ? std::nullopt : std::optional(found->second);
    }

    [[nodiscard]] const wire::PortState* toldTo(base::ClientId client) const
    {
        for (const auto& [id, state] : services.told) {
            if (id == client)
                return &state;
        }
        return nullptr;
    }

    Services services;
    agent::CapturePlan plan;
    bool refuses = false;
    std::vector<std::unique_ptr<WrittenRedirect>> redirects;
    agent::PortManager ports{
        services,
        {.id = {7},
         .networkNamespace = -1,
         .capture =
             [this](agent::CaptureCommand command) {
                 plan = std::get<agent::CapturePlan>(command);
             },
         .openConnections = [](std::uint16_t) { return 3U; },
         .take = [this](steal::StealSetup,
                        agent::TakenPort::Reports reports) -> std::unique_ptr<agent::TakenPort> {
             redirects.push_back(std::make_unique<WrittenRedirect>());
             redirects.back()->reports = std::move(reports);
             return std::make_unique<FakeTakenPort>(*redirects.back(), refuses);
         }}};
};

} // namespace podglass::test
