// SPDX-License-Identifier: Apache-2.0
// Records what reassembly says of each connection, and holds it to the contract of StreamSink:
// data and gaps in order without overlap from offset 0, nothing after the end.
#pragma once

#include "core/reassembly/stream_sink.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

namespace podglass::support {

struct RecordedConflict
{
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::string kept;
    std::string dropped;
};

struct RecordedStream
{
    std::string bytes; // gaps left out
    std::uint64_t position = 0;
    std::vector<flow::Gap> gaps;
    bool finished = false;
    std::size_t pieces = 0;
};

struct RecordedConnection
{
    flow::ConnectionId id;
    flow::ConnectionOpened opened;
    std::array<RecordedStream, 2> streams; // per Direction
    std::vector<flow::Anomaly> anomalies;  // without their views
    std::vector<RecordedConflict> conflicts;
    bool closed = false;
    flow::ConnectionClosed end;
    std::string violation; // of the contract; empty is good

    [[nodiscard]] const RecordedStream& client() const { return streams[0]; }

    [[nodiscard]] const RecordedStream& server() const { return streams[1]; }

    [[nodiscard]] std::size_t count(flow::AnomalyKind kind) const
    {
        return static_cast<std::size_t>(std::ranges::count(anomalies, kind, &flow::Anomaly::kind));
    }
};

class RecordingSink : public reassembly::StreamSink
{
public:
    explicit RecordingSink(std::shared_ptr<RecordedConnection> to)
        : m_to(std::move(to))
    {}

    void data(flow::Direction direction,
              std::uint64_t offset,
              bytes::ByteView data,
              base::Timestamp /*at*/) override
    {
        RecordedStream& stream = open(direction, "data");
        check(offset == stream.position, "data out of order");
        check(!data.empty(), "empty data");
        stream.bytes += bytes::asText(data);
        stream.position += data.size();
        ++stream.pieces;
    }

    void gap(const flow::Gap& gap, base::Timestamp /*at*/) override
    {
        RecordedStream& stream = open(gap.direction, "gap");
        check(gap.offset == stream.position, "gap out of order");
        check(gap.length > 0, "empty gap");
        stream.gaps.push_back(gap);
        stream.position += gap.length;
    }

    void anomaly(const flow::Anomaly& anomaly, base::Timestamp /*at*/) override
    {
        check(!m_to->closed, "anomaly after the end");
        m_to->anomalies.push_back(anomaly);
        m_to->anomalies.back().kept = {};
        m_to->anomalies.back().dropped = {};
        if (anomaly.kind == flow::AnomalyKind::OverlapConflict) {
            m_to->conflicts.push_back({anomaly.offset,
                                       anomaly.length,
                                       std::string(bytes::asText(anomaly.kept)),
                                       std::string(bytes::asText(anomaly.dropped))});
        }
    }

    void finished(flow::Direction direction, base::Timestamp /*at*/) override
    {
        open(direction, "finished").finished = true;
    }

    void closed(const flow::ConnectionClosed& closed, base::Timestamp /*at*/) override
    {
        check(!m_to->closed, "closed twice");
        m_to->closed = true;
        m_to->end = closed;
        for (std::size_t i = 0; i < 2; ++i)
            check(closed.streamBytes[i] == m_to->streams[i].position, "streamBytes differ");
    }

private:
    RecordedStream& open(flow::Direction direction, const char* what)
    {
        RecordedStream& stream = m_to->streams[static_cast<std::size_t>(direction)];
        check(!stream.finished && !m_to->closed, what);
        return stream;
    }

    void check(bool holds, const char* what) const
    {
        if (!holds && m_to->violation.empty())
            m_to->violation = what;
    }

    std::shared_ptr<RecordedConnection> m_to;
};

class StreamRecorder : public reassembly::StreamFactory
{
public:
    std::unique_ptr<reassembly::StreamSink> open(flow::ConnectionId connection,
                                                 const flow::ConnectionOpened& opened,
                                                 base::Timestamp /*at*/) override
    {
        auto recorded = std::make_shared<RecordedConnection>();
        recorded->id = connection;
        recorded->opened = opened;
        connections.push_back(recorded);
        return std::make_unique<RecordingSink>(recorded);
    }

    std::vector<std::shared_ptr<RecordedConnection>> connections;
};

} // namespace podglass::support
