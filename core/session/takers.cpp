// SPDX-License-Identifier: Apache-2.0
#include "core/session/takers.h"

#include "core/base/limits.h"

namespace podglass::session {

Takers::Takers(io::Loop& loop, std::function<void(const wire::Message&)> send, Reports reports)
    : m_loop(loop)
    , m_send(std::move(send))
    , m_reports(std::move(reports))
{}

void Takers::set(base::TargetId target, std::uint16_t port, Taker taker)
{
    m_takers[{target.value, port}] = std::make_shared<const Taker>(std::move(taker));
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
        m_reports.ended(open.exchange, {false, refusal});
        return;
    }
    TakerStream::Hooks hooks;
    hooks.send = m_send;
    hooks.ended = [this](std::uint32_t which, TakerEnd end) { ended(which, std::move(end)); };
    hooks.hold = [this](std::uint32_t which, const RequestReader& request) {
        return hold(which, request);
    };
    auto stream =
        std::make_unique<TakerStream>(m_loop, open.stream, taker->second, std::move(hooks));
    TakerStream* raw = stream.get();
    m_streams.emplace(open.stream, Running{std::move(stream), open});
    raw->start();
}

bool Takers::hold(std::uint32_t stream, const RequestReader& request)
{
    if (m_held.size() >= limits::heldRequests)
        return false;
    Running& running = m_streams.at(stream);
    running.held = ++m_lastHeld;
    m_held.emplace(running.held, stream);
    Held held;
    held.id = running.held;
    held.exchange = running.open.exchange;
    held.port = running.open.port;
    held.client = running.open.client;
    held.head = request.head();
    held.body = request.body();
    held.patience = limits::heldPatience;
    m_reports.held(std::move(held));
    return true;
}

void Takers::release(std::uint64_t held, const Release& release)
{
    const auto found = m_held.find(held);
    if (found == m_held.end())
        return; // it ended meanwhile, which was told
    Running& running = m_streams.at(found->second);
    const base::Status released = running.stream->release(release);
    if (!released) {
        m_reports.heldRefused({held, released.error().text()});
        return;
    }
    // It may have ended in the call; else it goes on without being held.
    if (const auto still = m_held.find(held); still != m_held.end())
        notHeld(m_streams.at(still->second), "released");
}

void Takers::notHeld(Running& running, const std::string& why)
{
    const std::uint64_t id = std::exchange(running.held, 0);
    if (id == 0)
        return;
    m_held.erase(id);
    m_reports.heldOver({id, why});
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
    notHeld(gone.mapped(), end.answered || end.problem.empty() ? "released" : end.problem);
    m_reports.ended(gone.mapped().open.exchange, std::move(end));
    // Destroyed after the call that ended it returned.
    m_loop.after({}, [kept = std::shared_ptr<TakerStream>(std::move(gone.mapped().stream))] {});
}

void Takers::clear(const std::string& why)
{
    auto all = std::exchange(m_streams, {});
    for (auto& [number, running] : all) {
        notHeld(running, why);
        m_reports.ended(running.open.exchange, {false, why});
    }
}

} // namespace podglass::session
