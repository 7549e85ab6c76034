// SPDX-License-Identifier: Apache-2.0
// EventRecorder: flow events into a pcapng file of packets that are made from them. What an agent
// delivers is streams and messages, no packets: so the connections, their bytes, times, addresses
// and holes are true, and the cut into packets is ours. Of what is delivered as messages without
// its framing, the framing is made too: chunks of HTTP/1 bodies, frames and header compression of
// HTTP/2, the masking of WebSockets. All of that is said in comments of the file.
// Bounded: limits::storeConnections connections at once; those beyond are counted and not written.
// Errors: the first that the writer had; nothing is written after it. Thread: one.
#pragma once

#include "core/files/recorded_connection.h"

#include <memory>
#include <unordered_map>

namespace podglass::files {

struct RecorderFigures
{
    std::uint64_t connections = 0;
    std::uint64_t closed = 0;
    std::uint64_t packets = 0;
    std::uint64_t missingBytes = 0;      // of holes in the capture
    std::uint64_t notDelivered = 0;      // bytes that the agent saw and this client did not get
    std::uint64_t connectionsBeyond = 0; // not written
    std::uint64_t kernelDrops = 0;       // packets, of no connection
};

class EventRecorder : public flow::EventSink
{
public:
    // The writer has the interface 0 already, of Ethernet.
    explicit EventRecorder(PcapngWriter& out)
        : m_out(out)
    {}

    void onEvent(const flow::Event& event) override;

    // Ends what is open, and the counts of the interface.
    base::Status finish(base::Timestamp at);

    [[nodiscard]] const base::Status& status() const { return m_status; }

    [[nodiscard]] const RecorderFigures& figures() const { return m_figures; }

    // What the file says of itself.
    static std::string_view fileComment();

private:
    RecordedConnection* find(const flow::Event& event);
    void lost(const flow::Event& event, const flow::Lost& lost);
    void close(std::uint64_t connection);

    PcapngWriter& m_out;
    std::unordered_map<std::uint64_t, std::unique_ptr<RecordedConnection>> m_open;
    RecorderFigures m_figures;
    base::Timestamp m_last;
    base::Status m_status = base::Done{};
};

} // namespace podglass::files
