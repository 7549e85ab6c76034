// SPDX-License-Identifier: Apache-2.0
// The smallest client that an agent can have: starts podglass-agent --stdio as a child, speaks
// core/wire with it on the calling thread, keeps what it was told.
#pragma once

#include "core/io/child.h"
#include "core/wire/codec.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace podglass::test {

class AgentClient
{
public:
    static std::unique_ptr<AgentClient> start(const std::vector<std::string>& arguments);
    // On a stream that is there already (a listening agent's).
    AgentClient(io::Fd input, io::Fd output, std::string name);

    // What a listening agent asks for. False: it closed the connection.
    bool prove(const std::string& secret);

    void send(const wire::Message& message);

    void grantEvents(std::uint32_t bytes) { send(wire::Credit{wire::eventChannel, bytes}); }

    // Reads until `done` or the patience is over; false then, or when the stream ended.
    bool readUntil(const std::function<bool()>& done,
                   std::chrono::milliseconds patience = std::chrono::seconds(10));

    // The newest of a kind.
    template <typename T>
    const T* last() const
    {
        for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
            if (const T* found = std::get_if<T>(&*message))
                return found;
        }
        return nullptr;
    }

    template <typename T>
    std::size_t count() const
    {
        std::size_t sum = 0;
        for (const flow::Event& event : events())
            sum += std::holds_alternative<T>(event.body) ? 1U : 0U;
        return sum;
    }

    // Hello, attach, mirror or steal; false: refused, see last<wire::Failure>().
    bool attach(const std::string& spec);
    bool setPort(std::uint16_t port, wire::Mode mode, const std::string& filter = {});

    [[nodiscard]] const std::vector<flow::Event>& events() const { return m_batch.events; }

    [[nodiscard]] base::TargetId target() const { return m_target; }

    [[nodiscard]] pid_t pid() const { return m_child ? m_child->pid() : 0; }

    [[nodiscard]] bool ended() const { return m_ended; }

    void closeInput() { m_output.reset(); }

    std::vector<wire::Message> messages;
    std::map<std::uint32_t, std::string> stolen; // bytes of each stolen stream
    std::function<void(const wire::Message&)> onMessage;
    bool granting = true; // gives back the credit of what it read

private:
    void onFrame(const wire::Frame& frame);
    bool readSome(std::chrono::milliseconds patience);

    std::optional<io::Child> m_child;
    io::Fd m_input;
    io::Fd m_output;
    wire::Hello m_hello;
    wire::FrameBuffer m_received;
    flow::EventBatch m_batch;
    base::TargetId m_target;
    std::uint32_t m_request = 0;
    std::chrono::steady_clock::time_point m_lastPing;
    bool m_ended = false;
};

} // namespace podglass::test
