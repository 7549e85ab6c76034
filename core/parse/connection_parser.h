// SPDX-License-Identifier: Apache-2.0
// ConnectionParser: one TCP connection from ordered bytes to flow events. It detects the protocol,
// reads HTTP/1 and HTTP/2, pairs requests with responses (pipelining, 1xx, early answers, streams),
// and shows anything else as raw streams. One object for live capture, files and the proxy.
// Time passed in, no I/O. Thread: the one that feeds it.
#pragma once

#include "core/base/limits.h"
#include "core/flow/event.h"
#include "core/reassembly/stream_sink.h"

#include <memory>

namespace podglass::parse {

class MemoryBudget;

struct ParseOptions
{
    std::uint64_t bodyLimit =
        limits::bodyPreviewBytes; // bytes of each body passed on; the rest is counted
    bool alsoStreams = false;     // StreamData for every byte, parsed or not (podglassctl read)
};

using base::Ids;

// Makes ConnectionParsers that write to `sink`, which outlives them.
class ParserFactory : public reassembly::StreamFactory
{
public:
    ParserFactory(flow::EventSink& sink,
                  flow::TargetId target,
                  Ids& exchangeIds,
                  ParseOptions options);

    std::unique_ptr<reassembly::StreamSink> open(flow::ConnectionId connection,
                                                 const flow::ConnectionOpened& opened,
                                                 base::Timestamp at) override;

private:
    flow::EventSink& m_sink;
    flow::TargetId m_target;
    Ids& m_exchangeIds;
    ParseOptions m_options;
    std::shared_ptr<MemoryBudget> m_budget; // of all HTTP/2 connections
};

} // namespace podglass::parse
