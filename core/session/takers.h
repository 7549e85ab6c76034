// SPDX-License-Identifier: Apache-2.0
// Takers: who answers which stolen port, and the requests on their way there.
// Thread: the loop's.
#pragma once

#include "core/session/taker_stream.h"

#include <map>
#include <memory>
#include <unordered_map>

namespace podglass::session {

class Takers
{
public:
    using Report = std::function<void(base::ExchangeId, TakerEnd)>;

    Takers(io::Loop& loop, TakerStream::Send send, Report report);

    void set(base::TargetId target, std::uint16_t port, Taker taker); // our target id

    // All ids ours.
    void onOpen(const wire::StealOpen& open);
    void onMessage(const wire::StealData& data);
    void onMessage(const wire::StealEnd& end);
    void onMessage(const wire::StealReset& reset);
    void onMessage(const wire::Credit& credit);

    // The agent is gone: all requests under way end here.
    void clear(const std::string& why);

    [[nodiscard]] std::size_t running() const { return m_streams.size(); }

private:
    struct Running
    {
        std::unique_ptr<TakerStream> stream;
        base::ExchangeId exchange;
    };

    TakerStream* find(std::uint32_t stream);
    void ended(std::uint32_t stream, TakerEnd end);

    io::Loop& m_loop;
    TakerStream::Send m_send;
    Report m_report;
    std::map<std::pair<std::uint64_t, std::uint16_t>, Taker> m_takers;
    std::unordered_map<std::uint32_t, Running> m_streams;
};

} // namespace podglass::session
