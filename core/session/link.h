// SPDX-License-Identifier: Apache-2.0
// Link: frames over the two descriptors of a carrier. Everything that one wake-up finds to read, up
// to 256 KiB, becomes one EventBatch; order between events and messages is kept.
//
// Contract: `broken` comes at most once, after which nothing is read or written; a protocol error
// names what was wrong. The link may be destroyed inside `broken`, not inside `message` or
// `events`. Thread: the loop's.
#pragma once

#include "core/flow/event_batch.h"
#include "core/io/loop.h"
#include "core/wire/codec.h"

#include <functional>
#include <optional>

namespace podglass::session {

struct LinkEvents
{
    std::function<void(wire::Message)> message;
    // `wireBytes`: what the frames count against the credit of the event channel.
    std::function<void(flow::EventBatch, std::size_t wireBytes)> events;
    // error 0 and no protocol error: a plain end.
    std::function<void(int error, std::optional<base::Error> protocol)> broken;
};

class Link
{
public:
    Link(io::Loop& loop, int in, int out, LinkEvents events);
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
    ~Link();

    void send(const wire::Message& message);

    // Back-pressure: while paused nothing is read.
    void pause(bool on);

    [[nodiscard]] bool paused() const { return m_paused; }

    [[nodiscard]] bool drained() const { return m_sent == m_out.size(); }

    [[nodiscard]] std::uint64_t bytesIn() const { return m_bytesIn; }

    [[nodiscard]] std::uint64_t bytesOut() const { return m_bytesOut; }

    [[nodiscard]] base::Instant lastHeard() const { return m_lastHeard; }

    [[nodiscard]] std::uint64_t skippedFrames() const { return m_skipped; }

private:
    void readable();
    void writable();
    bool takeFrames();
    bool takeFrame(const wire::Frame& frame, flow::EventBatch& batch, std::size_t& wireBytes);
    void flushBatch(flow::EventBatch& batch, std::size_t& wireBytes, const bytes::Slice& storage);
    void fail(int error, std::optional<base::Error> protocol);

    io::Loop& m_loop;
    int m_inFd;
    int m_outFd;
    LinkEvents m_events;
    wire::FrameBuffer m_buffer;
    std::vector<std::uint8_t> m_out;
    std::size_t m_sent = 0;
    bool m_writing = false;
    bool m_paused = false;
    bool m_broken = false;
    bool m_secret = false; // a key is in m_out
    std::uint64_t m_bytesIn = 0;
    std::uint64_t m_bytesOut = 0;
    std::uint64_t m_skipped = 0;
    base::Instant m_lastHeard = io::Loop::now();
};

} // namespace podglass::session
