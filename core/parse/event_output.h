// SPDX-License-Identifier: Apache-2.0
// EventOutput: the events of one connection on their way to a sink; splits data so that no event
// carries more than limits::eventDataBytes. Thread: the parser's.
#pragma once

#include "core/flow/event.h"

namespace podglass::parse {

class EventOutput
{
public:
    EventOutput(flow::EventSink& sink, flow::TargetId target, flow::ConnectionId connection)
        : m_sink(sink)
        , m_target(target)
        , m_connection(connection)
    {}

    void emit(flow::Body body, base::Timestamp at)
    {
        m_sink.onEvent({m_target, m_connection, at, std::move(body)});
    }

    void stream(flow::Direction direction,
                std::uint64_t offset,
                bytes::ByteView data,
                base::Timestamp at);
    // `part.data` is split, the rest of `part` kept.
    void body(flow::BodyData part, base::Timestamp at);

private:
    flow::EventSink& m_sink;
    flow::TargetId m_target;
    flow::ConnectionId m_connection;
};

} // namespace podglass::parse
