// SPDX-License-Identifier: Apache-2.0
#include "core/files/event_recorder.h"

#include "core/base/limits.h"

#include <algorithm>
#include <limits>

namespace podglass::files {

std::string_view EventRecorder::fileComment()
{
    return "Made by Podglass from reassembled streams: connections, addresses, bytes, times and "
           "holes are as observed; the packets that carry them, their sizes and sequence numbers "
           "are made. Chunks of HTTP/1 bodies, frames and header compression of HTTP/2, masking "
           "keys of WebSockets and Ethernet addresses are made as well. Comments of packets say "
           "what is missing, cut or came twice with different content.";
}

void EventRecorder::onEvent(const flow::Event& event)
{
    if (!m_status)
        return;
    m_last = std::max(m_last, event.at);
    if (const auto* lost = std::get_if<flow::Lost>(&event.body)) {
        this->lost(event, *lost);
        return;
    }
    RecordedConnection* connection = find(event);
    if (connection == nullptr)
        return;
    connection->onEvent(event);
    if (!connection->status())
        m_status = connection->status();
    if (std::holds_alternative<flow::ConnectionClosed>(event.body)) {
        close(event.connection.value);
        ++m_figures.closed;
    }
}

RecordedConnection* EventRecorder::find(const flow::Event& event)
{
    const auto known = m_open.find(event.connection.value);
    if (known != m_open.end())
        return known->second.get();
    const auto* opened = std::get_if<flow::ConnectionOpened>(&event.body);
    if (opened == nullptr)
        return nullptr; // one beyond the limit, or its opening was lost: nobody knows between whom
    if (m_open.size() >= limits::storeConnections) {
        ++m_figures.connectionsBeyond;
        return nullptr;
    }
    ++m_figures.connections;
    auto made = std::make_unique<RecordedConnection>(m_out, *opened, event.connection.value);
    return m_open.emplace(event.connection.value, std::move(made)).first->second.get();
}

void EventRecorder::lost(const flow::Event& event, const flow::Lost& lost)
{
    const auto known = m_open.find(event.connection.value);
    if (known != m_open.end()) {
        known->second->lost(lost, event.at);
        return;
    }
    if (lost.place == flow::LossPlace::Kernel)
        m_figures.kernelDrops += lost.events;
    else
        m_figures.notDelivered += lost.bytes;
}

void EventRecorder::close(std::uint64_t connection)
{
    const auto known = m_open.find(connection);
    m_figures.packets += known->second->packets();
    m_figures.missingBytes += known->second->missingBytes();
    m_figures.notDelivered += known->second->notDelivered();
    m_open.erase(known);
}

base::Status EventRecorder::finish(base::Timestamp at)
{
    m_last = std::max(m_last, at);
    while (!m_open.empty() && m_status) {
        RecordedConnection& last = *m_open.begin()->second;
        last.finish(m_last);
        m_status = last.status();
        close(m_open.begin()->first);
    }
    if (m_status)
        m_status = m_out.statistics(0, m_last, m_figures.packets, m_figures.kernelDrops);
    return m_status;
}

} // namespace podglass::files
