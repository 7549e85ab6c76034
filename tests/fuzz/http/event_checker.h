// SPDX-License-Identifier: Apache-2.0
// What the events of one connection promise (connection_parser.h): every message that begins ends
// once, body offsets and counts agree, streams are whole, and closing is the last word.
#pragma once

#include "core/base/limits.h"
#include "core/flow/event.h"

#include <array>
#include <cstdlib>
#include <map>
#include <set>

namespace podglass::fuzz {

inline void require(bool holds)
{
    if (!holds)
        std::abort();
}

class EventChecker : public flow::EventSink
{
public:
    void onEvent(const flow::Event& event) override
    {
        require(!m_closed);
        require(flow::payloadBytes(event) <= 2 * limits::headBytes);
        std::visit([this](const auto& body) { on(body); }, event.body);
    }

    void check(const std::array<std::uint64_t, 2>& offsets) const
    {
        require(m_closed && m_open[0].empty() && m_open[1].empty());
        require(m_streams == offsets);
    }

private:
    void on(const flow::RequestHead& head)
    {
        const std::uint64_t exchange = head.exchange.value;
        require(m_known.insert(exchange).second || m_joinedLate.count(exchange) == 1);
        require(m_expected.insert(exchange).second);
        m_open[0][exchange] = 0;
    }

    void on(const flow::ResponseHead& head)
    {
        constexpr auto late = static_cast<unsigned>(flow::MessageFlag::JoinedLate);
        if (m_known.insert(head.exchange.value).second && (head.flags & late) != 0)
            m_joinedLate.insert(head.exchange.value);
        // After a 101 to HTTP/2 the final head follows.
        if (head.status >= 200 || head.status == 101 || head.status == 0)
            m_open[1].emplace(head.exchange.value, 0);
    }

    void on(const flow::BodyData& body)
    {
        auto& open = m_open.at(static_cast<std::size_t>(body.direction));
        const auto found = open.find(body.exchange.value);
        require(found != open.end() && body.offset >= found->second);
        require(body.data.size() <= limits::eventDataBytes);
        found->second = body.offset + body.data.size();
    }

    void on(const flow::MessageEnd& end)
    {
        auto& open = m_open.at(static_cast<std::size_t>(end.direction));
        const auto found = open.find(end.exchange.value);
        require(found != open.end() || end.direction == flow::Direction::ServerToClient);
        if (found != open.end()) {
            require(end.bodyBytes >= found->second);
            open.erase(found);
        }
        if (end.direction == flow::Direction::ServerToClient)
            require(m_ended.insert(end.exchange.value).second);
    }

    void on(const flow::StreamData& data)
    {
        std::uint64_t& seen = m_streams.at(static_cast<std::size_t>(data.direction));
        require(data.offset == seen);
        seen += data.data.size();
    }

    void on(const flow::Gap& gap)
    {
        m_streams.at(static_cast<std::size_t>(gap.direction)) += gap.length;
    }

    void on(const flow::ConnectionClosed&)
    {
        m_closed = true;
        for (const std::uint64_t exchange : m_expected)
            require(m_ended.count(exchange) == 1);
    }

    template <typename Other>
    void on(const Other&)
    {}

    std::set<std::uint64_t> m_known;
    std::set<std::uint64_t> m_joinedLate; // whose response came first, so that a request may follow
    std::set<std::uint64_t> m_expected;   // requests: each needs an end of its response
    std::set<std::uint64_t> m_ended;
    std::array<std::map<std::uint64_t, std::uint64_t>, 2> m_open;
    std::array<std::uint64_t, 2> m_streams{};
    bool m_closed = false;
};

} // namespace podglass::fuzz
