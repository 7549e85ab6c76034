// SPDX-License-Identifier: Apache-2.0
// A PortManager with redirects that are only written down. Thread: the test's.
#pragma once

#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> as this order of headers brings it in
#include "core/agent/port_manager.h"
#endif

#include <algorithm>
#include <optional>
#include <utility>

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
    std::shared_ptr<const io::TlsTermination> tls;
    steal::TlsCounts tlsCounts;
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

    void setTls(std::shared_ptr<const io::TlsTermination> tls) override { m_redirect.tls = tls; }

    void release() override { m_redirect.released = true; }

    void endSilent(base::Duration patience) override { m_redirect.patience = patience; }

    [[nodiscard]] bool drained() const override { return m_redirect.drained; }

    [[nodiscard]] std::size_t proxied() const override { return m_redirect.drained ? 0 : 1; }

    [[nodiscard]] steal::TlsCounts tlsCounts() const override { return m_redirect.tlsCounts; }

    [[nodiscard]] std::string rulesText() const override { return "the rules"; }

private:
    WrittenRedirect& m_redirect;
    bool m_refuses;
};

// A certificate by its text alone.
struct MadeUp : io::TlsTermination
{
    explicit MadeUp(std::string_view text)
        : certificate(text)
    {}

    std::unique_ptr<io::TlsStream> toService(int, const io::TlsOffer&) const override { return {}; }

    std::unique_ptr<io::TlsStream> toCaller(int, bytes::ByteView, const std::string&) const override
    {
        return {};
    }

    bool same(const io::TlsTermination& other) const override { return other.name() == name(); }

    const std::string& name() const override { return certificate; }

    std::string certificate;
};

inline base::Result<std::shared_ptr<const io::TlsTermination>> madeUp(std::string_view certificate,
                                                                      std::string_view key)
{
    if (key != "its key")
        return base::Error{.what = "that is not its key", .where = "", .advice = ""};
    return std::shared_ptr<const io::TlsTermination>(std::make_shared<MadeUp>(certificate));
}

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

    void tell(base::ClientId client, const wire::TlsState& state) override
    {
        toldTls.emplace_back(client, state);
    }

    [[nodiscard]] const agent::Means& means() const override { return m_means; }

    [[nodiscard]] std::string stealLacks() const override { return lacks; }

    [[nodiscard]] base::Status roomForMore(const std::string& where) const override
    {
        if (scarce)
            return base::Error{.what = "no memory is left", .where = where, .advice = ""};
        return base::Done{};
    }

    std::string lacks;
    bool scarce = false;
    std::vector<std::pair<base::ClientId, wire::PortState>> told;
    std::vector<std::pair<base::ClientId, wire::TlsState>> toldTls;

private:
    io::Loop m_loop;
    filter::Cache m_filters;
    NoGate m_gate;
    agent::Means m_means{.tls = &madeUp};
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
        const wire::PortState state = ports.set(client, wanted);
        // Her answer; what is left is what others are told.
        const auto answer = std::ranges::find(
            services.told, client, &std::pair<base::ClientId, wire::PortState>::first);
        answered = answer != services.told.end() && answer->second.revision == state.revision
                   && answer->second.mode == state.mode;
        if (answered)
            services.told.erase(answer);
        return state;
    }

    wire::PortState
    stealWith(base::ClientId client, const std::string& certificate, const std::string& key)
    {
        ports.setTls(client, {{7}, web, certificate, key});
        return set(client, Mode::Steal, client == anna ? "path is /a" : "path is /b");
    }

    [[nodiscard]] const WrittenRedirect& now() const { return *redirects.back(); }

    // Whose TLS is ended now; empty: nobody's.
    [[nodiscard]] std::string ended() const { return now().tls ? now().tls->name() : ""; }

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
    bool slowCapture = false; // does not say that it has a plan
    bool answered = false;    // the client of the last set() was told its state
    base::Result<std::vector<std::uint16_t>> peers = std::vector<std::uint16_t>{40'000};
    std::vector<std::unique_ptr<WrittenRedirect>> redirects;
    agent::PortManager ports{
        services,
        {.id = {7},
         .networkNamespace = -1,
         .capture =
             [this](agent::CaptureCommand command) {
                 plan = std::get<agent::CapturePlan>(command);
                 if (!slowCapture)
                     ports.planInForce();
             },
         .openConnections = [](std::uint16_t) { return 3U; },
         .peerPorts = [this](std::uint16_t) { return peers; },
         .take = [this](steal::StealSetup,
                        agent::TakenPort::Reports reports) -> std::unique_ptr<agent::TakenPort> {
             redirects.push_back(std::make_unique<WrittenRedirect>());
             redirects.back()->reports = std::move(reports);
             return std::make_unique<FakeTakenPort>(*redirects.back(), refuses);
         }}};
};

} // namespace podglass::test
