// SPDX-License-Identifier: Apache-2.0
#include "core/parse/connection_parser.h"

#include "core/parse/connection.h"
#include "core/parse/memory_budget.h"

namespace podglass::parse {

ParserFactory::ParserFactory(flow::EventSink& sink,
                             flow::TargetId target,
                             Ids& exchangeIds,
                             ParseOptions options)
    : m_sink(sink)
    , m_target(target)
    , m_exchangeIds(exchangeIds)
    , m_options(options)
    , m_budget(std::make_shared<MemoryBudget>(limits::http2Bytes))
{}

std::unique_ptr<reassembly::StreamSink> ParserFactory::open(flow::ConnectionId connection,
                                                            const flow::ConnectionOpened& opened,
                                                            base::Timestamp at)
{
    EventOutput output(m_sink, m_target, connection);
    output.emit(opened, at);
    return std::make_unique<Connection>(
        output, m_exchangeIds, m_options, m_budget, opened.joinedLate);
}

} // namespace podglass::parse
