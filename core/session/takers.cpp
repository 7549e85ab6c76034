// SPDX-License-Identifier: Apache-2.0
#include "core/session/takers.h"

#include "core/base/limits.h"

namespace podglass::session {

Takers::Takers(io::Loop& loop, TakerStream::Send send, Report report)
    : m_loop(loop)
    , m_send(std::move(send))
    , m_report(std::move(report))
{}

void Takers::set(base::TargetId target, std::uint16_t port, Taker taker)
{
    m_takers[{target.value, port}] = std::move(taker);
}

void Takers::onOpen(const wire::StealOpen& open)
{
    const auto taker = m_takers.find({open.target.value, open.port});
    std::string refusal;
    if (taker == m_takers.end())
        refusal = "nobody is set to answer port " + std::to_string(open.port);
    else if (m_streams.size() >= limits::proxiedConnections)
        refusal = "too many stolen requests at once";
    else if (m_streams.contains(open.stream))
        refusal = "the stream is in use";
    if (!refusal.empty()) {
        m_send(wire::StealReset{open.stream, wire::StealFailure::Refused, refusal});
        m_report(open.exchange, {false, refusal});
        return;
    }
    auto stream = std::make_unique<TakerStream>(
        m_loop, open.stream, taker->second, m_send, [this](std::uint32_t which, TakerEnd end) {
            ended(which, std::move(end));
        });
    TakerStream* raw = stream.get();
    m_streams.emplace(open.stream, Running{std::move(stream), open.exchange});
    raw->start();
}

TakerStream* Takers::find(std::uint32_t stream)
{
    const auto found = m_streams.find(stream);
    return found == m_streams.end() ? nullptr : found->second.stream.get();
}

void Takers::onMessage(const wire::StealData& data)
{
    if (auto* stream = find(data.stream))
        stream->onData(data);
}

void Takers::onMessage(const wire::StealEnd& end)
{
    if (auto* stream = find(end.stream))
        stream->onEnd();
}

void Takers::onMessage(const wire::StealReset& reset)
{
    if (auto* stream = find(reset.stream))
        stream->onReset(reset);
}

void Takers::onMessage(const wire::Credit& credit)
{
    if (auto* stream = find(credit.channel))
        stream->onCredit(credit.bytes);
}

void Takers::ended(std::uint32_t stream, TakerEnd end)
{
    auto gone = m_streams.extract(stream);
    if (gone.empty())
        return;
    m_report(gone.mapped().exchange, std::move(end));
    // Destroyed after the call that ended it returned.
    m_loop.after({}, [kept = std::shared_ptr<TakerStream>(std::move(gone.mapped().stream))] {});
}

void Takers::clear(const std::string& why)
{
    auto all = std::exchange(m_streams, {});
    for (auto& [number, running] : all)
        m_report(running.exchange, {false, why});
}

} // namespace podglass::session
