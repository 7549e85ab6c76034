// SPDX-License-Identifier: Apache-2.0
// podglassctl attach ADDRESS --port N …: follows a target and prints its events, one JSON object a
// line; optionally steals what a filter matches.
#pragma once

#include "core/export/event_json.h"
#include "core/session/tls_files.h"

#include "app/ctl/live_client.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace podglass::ctl {

struct AttachOptions
{
    std::vector<std::uint16_t> ports; // empty: every port the target listens on
    wire::Mode mode = wire::Mode::Mirror;
    std::string filter; // canonical text; empty: everything
    session::Taker taker;
    wire::OnTakerFailure onFailure = wire::OnTakerFailure::BadGateway;
    session::TlsPair tls; // of the stolen ports; no certificate: TLS is left alone
    bool endOld = false;  // end the connections that were there before
    std::optional<wire::SetDelivery> delivery; // for every port; its target and port are set later
    bool count = false;                        // only sums, at the end
    bool telemetry = false;                    // also telemetry and session lines
    exporting::Secrets secrets = exporting::Secrets::Masked;
    std::uint64_t maxExchanges = 0; // end after this many answered ones; 0: no limit
};

class AttachCommand : public LiveClient
{
public:
    AttachCommand(LiveOptions live, AttachOptions options);
    AttachCommand(const AttachCommand&) = delete;
    AttachCommand& operator=(const AttachCommand&) = delete;
    // With `count`: prints the sums.
    ~AttachCommand() override;

protected:
    void connected(const wire::Hello& agent) override;
    void update(session::Update& update) override;

private:
    void attached(const wire::Attached& attached);
    void onPort(const wire::PortState& state);
    bool onTls(const session::Update& update);
    void steal(base::TargetId target, std::uint16_t port);
    void events(const flow::EventBatch& batch);

    struct Sums
    {
        std::uint64_t events = 0;
        std::uint64_t payload = 0; // bytes
        std::uint64_t connections = 0;
        std::uint64_t requests = 0;
        std::uint64_t responses = 0;
        std::uint64_t gaps = 0;
        std::uint64_t gapBytes = 0;
        std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> lost; // events, bytes
        base::Timestamp lastMissing; // of the last gap or loss; 0: none
    };

    void sum(const flow::Event& event);

    AttachOptions m_options;
    Sums m_sums;
    std::optional<wire::Telemetry> m_last;
    std::set<std::uint16_t> m_oldEnded; // ports for which it was asked
    std::uint64_t m_answered = 0;
    std::set<std::uint64_t> m_attached; // targets, once each
};

} // namespace podglass::ctl
