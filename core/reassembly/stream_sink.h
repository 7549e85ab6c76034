// SPDX-License-Identifier: Apache-2.0
// Where the bytes of one TCP connection go once they are in order; the boundary between
// reassembly and parse. The proxy feeds the same interface.
// Contract: per direction, data and gaps come in stream order without overlap and cover the stream
// from offset 0; finished() comes after the last byte; closed() is the last call.
#pragma once

#include "core/flow/event.h"

#include <memory>

namespace podglass::reassembly {

class StreamSink
{
public:
    StreamSink() = default;
    StreamSink(const StreamSink&) = delete;
    StreamSink& operator=(const StreamSink&) = delete;
    virtual ~StreamSink() = default;

    virtual void data(flow::Direction direction,
                      std::uint64_t offset,
                      bytes::ByteView data,
                      base::Timestamp at) = 0;
    virtual void gap(const flow::Gap& gap, base::Timestamp at) = 0;
    virtual void anomaly(const flow::Anomaly& anomaly, base::Timestamp at) = 0;
    virtual void finished(flow::Direction direction, base::Timestamp at) = 0;
    virtual void closed(const flow::ConnectionClosed& closed, base::Timestamp at) = 0;

    // The exchange of the last request head that was complete in the bytes given so far; none
    // before the first or where nothing reads requests. The proxy asks right after it gave a head.
    [[nodiscard]] virtual flow::ExchangeId lastExchange() const { return {}; }

    // The unfinished exchange that is this HTTP/2 stream; none if there is none.
    [[nodiscard]] virtual flow::ExchangeId exchangeOf(std::uint32_t /*stream*/) const { return {}; }
};

class StreamFactory
{
public:
    StreamFactory() = default;
    StreamFactory(const StreamFactory&) = delete;
    StreamFactory& operator=(const StreamFactory&) = delete;
    virtual ~StreamFactory() = default;

    virtual std::unique_ptr<StreamSink> open(flow::ConnectionId connection,
                                             const flow::ConnectionOpened& opened,
                                             base::Timestamp at) = 0;
};

} // namespace podglass::reassembly
