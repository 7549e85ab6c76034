// SPDX-License-Identifier: Apache-2.0
// FrameStream: frames in and out of one client's byte stream, without ever blocking.
//
// Contract: control messages go before events: when the stream can take more, first what send()
// queued, then what the fill callback gives. What is under way when a message is queued is at most
// one batch of events. Control messages that pile up beyond limits::clientBacklogBytes end the
// stream; events never pile up here, they wait in the ring.
// Thread: the loop's. Callbacks must not destroy the stream; onEnd comes once.
#pragma once

#include "core/io/loop.h"
#include "core/wire/codec.h"

#include <functional>
#include <string>
#include <vector>

namespace podglass::agent {

class FrameStream
{
public:
    struct Events
    {
        std::function<void(const wire::Frame&)> onFrame;
        // Appends up to about `most` bytes of whole frames.
        std::function<void(std::vector<std::uint8_t>& out, std::size_t most)> fill;
        std::function<void()> onDrained;                   // all control messages are on their way
        std::function<void(const std::string& why)> onEnd; // empty: the peer closed it
    };

    // For a socket, `output` is a duplicate of `input`. Both are made non-blocking.
    FrameStream(io::Loop& loop, io::Fd input, io::Fd output);
    FrameStream(const FrameStream&) = delete;
    FrameStream& operator=(const FrameStream&) = delete;
    ~FrameStream();

    base::Status start(Events events);

    void send(const wire::Message& message);

    // Bytes of control messages that wait.
    [[nodiscard]] std::size_t backlog() const { return m_control.size(); }

    // Something new may be there for fill().
    void wake();
    // No more frames are taken; what is queued is written as far as the stream takes it now.
    void close();

private:
    void onReadable();
    void onWritable(std::uint32_t events);
    void flush();
    bool refill();
    bool writeSome();
    void waitForRoom(bool wait);
    void end(const std::string& why);

    io::Loop& m_loop;
    io::Fd m_input;
    io::Fd m_output;
    Events m_events;
    wire::FrameBuffer m_received;
    std::vector<std::uint8_t> m_control;
    std::vector<std::uint8_t> m_writing;
    std::size_t m_written = 0;
    bool m_waiting = false; // for the output to have room
    bool m_ended = false;
    bool m_flushing = false;
};

} // namespace podglass::agent
