// SPDX-License-Identifier: Apache-2.0
#include "core/store/event_history.h"

#include "core/wire/codec.h"

namespace podglass::store {

namespace {

constexpr std::size_t chunkBytes = std::size_t{256} << 10;

} // namespace

void EventHistory::keep(const flow::Event& event)
{
    if (m_limit == 0)
        return;
    wire::encode(event, m_chunk);
    if (m_chunk.size() < chunkBytes)
        return;
    closeChunk();
    while (m_bytes > m_limit) {
        m_forgotten += m_chunks.front().size();
        dropOldest();
    }
}

void EventHistory::begin(std::size_t limit)
{
    *this = EventHistory(limit);
}

void EventHistory::closeChunk()
{
    if (m_chunk.empty())
        return;
    m_bytes += m_chunk.size();
    m_chunks.push_back(bytes::Slice::copyOf(m_chunk)); // of its size, without room to grow
    m_chunk.clear();
}

void EventHistory::dropOldest()
{
    const bytes::Slice oldest = m_chunks.front();
    m_chunks.pop_front();
    m_bytes -= oldest.size();
    if (m_marked != 0)
        --m_marked;
    wire::FrameWalk walk(oldest.view());
    while (const auto frame = walk.next()) {
        flow::EventBatch batch;
        if (!wire::decodeEvent(*frame, batch))
            continue; // our own encoder made them
        flow::Event& event = batch.events.front();
        if (std::holds_alternative<flow::ConnectionClosed>(event.body))
            m_begun.erase(event.connection.value);
        if (auto* opened = std::get_if<flow::ConnectionOpened>(&event.body))
            opened->joinedLate = true;
        else if (!std::holds_alternative<flow::ProtocolDetected>(event.body))
            continue;
        wire::encode(event, m_begun[event.connection.value]);
    }
}

std::vector<bytes::Slice> EventHistory::snapshot() const
{
    std::vector<bytes::Slice> all;
    std::vector<std::uint8_t> begun;
    for (const auto& [connection, frames] : m_begun)
        begun.insert(begun.end(), frames.begin(), frames.end());
    all.push_back(bytes::Slice::take(std::move(begun)));
    all.insert(all.end(), m_chunks.begin(), m_chunks.end());
    all.push_back(bytes::Slice::copyOf(m_chunk));
    return all;
}

void EventHistory::mark()
{
    closeChunk();
    m_marked = m_chunks.size();
}

void EventHistory::forgetMarked()
{
    while (m_marked != 0)
        dropOldest();
}

} // namespace podglass::store
