// SPDX-License-Identifier: Apache-2.0
// podglassctl attach ADDRESS --port N …: follows a target and prints its events, one JSON object a
// line; optionally steals what a filter matches.
#pragma once

#include "core/export/event_json.h"

#include "app/ctl/live_client.h"

#include <vector>

namespace podglass::ctl {

struct AttachOptions
{
    std::vector<std::uint16_t> ports; // empty: every port the target listens on
    wire::Mode mode = wire::Mode::Mirror;
    std::string filter; // canonical text; empty: everything
    session::Taker taker;
    wire::OnTakerFailure onFailure = wire::OnTakerFailure::BadGateway;
    bool telemetry = false; // also telemetry and session lines
    exporting::Secrets secrets = exporting::Secrets::Masked;
    std::uint64_t maxExchanges = 0; // end after this many answered ones; 0: no limit
};

class AttachCommand : public LiveClient
{
public:
    AttachCommand(LiveOptions live, AttachOptions options);

protected:
    void connected(const wire::Hello& agent) override;
    void update(session::Update& update) override;

private:
    void attached(const wire::Attached& attached);
    void events(const flow::EventBatch& batch);

    AttachOptions m_options;
    std::uint64_t m_answered = 0;
};

} // namespace podglass::ctl
