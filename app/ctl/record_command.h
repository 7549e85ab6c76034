// SPDX-License-Identifier: Apache-2.0
// `podglassctl record`: a live agent's traffic into a pcapng file. The packets are made from what
// the agent delivers (core/files/event_recorder.h), and the file says so.
// Ends at a number of connections, a time limit, SIGINT or SIGTERM; each leaves a whole file.
#pragma once

#include "core/files/event_recorder.h"

#include "app/ctl/live_client.h"

#include <optional>
#include <set>
#include <vector>

namespace CLI {
class App;
}

namespace podglass::ctl {

struct RecordOptions
{
    std::string file; // "-": the standard output
    std::vector<std::uint16_t> ports;
    std::uint64_t connections = 0; // end after so many; 0: no limit
};

class RecordCommand : public LiveClient
{
public:
    RecordCommand(LiveOptions live, RecordOptions options);

    // LiveClient::run, then the end of the file and a line about it on stderr.
    int record();

private:
    void connected(const wire::Hello& agent) override;
    void update(session::Update& update) override;
    void attached(const wire::Attached& attached);
    void events(const flow::EventBatch& batch);
    void say(const std::string& text);

    RecordOptions m_options;
    std::optional<files::PcapngWriter> m_writer;
    std::optional<files::EventRecorder> m_recorder;
    bool m_attached = false;
    std::set<std::uint64_t> m_asked; // targets, once each
};

void addRecordCommand(CLI::App& app, int& status);

} // namespace podglass::ctl
