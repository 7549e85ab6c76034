// SPDX-License-Identifier: Apache-2.0
// Takers: who answers which stolen port, the requests on their way there, and those that are held.
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
    struct Reports
    {
        std::function<void(base::ExchangeId, TakerEnd)> ended;
        std::function<void(Held)> held;
        std::function<void(HeldOver)> heldOver;
        std::function<void(HeldRefused)> heldRefused;
    };

    Takers(io::Loop& loop, std::function<void(const wire::Message&)> send, Reports reports);

    void set(base::TargetId target, std::uint16_t port, Taker taker); // our target id

    void release(std::uint64_t held, const Release& release);

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
        wire::StealOpen open;
        std::uint64_t held = 0; // its id while it is held
    };

    TakerStream* find(std::uint32_t stream);
    bool hold(std::uint32_t stream, const RequestReader& request);
    void notHeld(Running& running, const std::string& why);
    void ended(std::uint32_t stream, TakerEnd end);

    io::Loop& m_loop;
    std::function<void(const wire::Message&)> m_send;
    Reports m_reports;
    std::map<std::pair<std::uint64_t, std::uint16_t>, std::shared_ptr<const Taker>> m_takers;
    std::unordered_map<std::uint32_t, Running> m_streams;
    std::map<std::uint64_t, std::uint32_t> m_held; // id -> stream
    std::uint64_t m_lastHeld = 0;
};

} // namespace podglass::session
