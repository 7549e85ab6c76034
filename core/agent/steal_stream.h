// SPDX-License-Identifier: Apache-2.0
// StealStream: one stolen request between the proxy and its taker. Shared by StealStreams, which
// gets the client's frames, and by the proxy's handle; whoever goes first tells the other.
// Thread: the io thread. The proxy may drop its handle inside any of its callbacks.
#pragma once

#include "core/agent/steal_streams.h"
#include "core/base/limits.h"
#include "core/bytes/watermark_buffer.h"

namespace podglass::agent {

class StealStream : public std::enable_shared_from_this<StealStream>
{
public:
    StealStream(StealStreams& owner, std::uint32_t number, steal::TakerStream::Events events)
        : m_owner(&owner)
        , m_number(number)
        , m_events(std::move(events))
    {}

    // From the proxy.
    std::size_t write(bytes::ByteView data);
    void end();
    void reset(wire::StealFailure failure, std::string_view message);

    void resume() { deliver(); }

    void dropped(); // the handle is gone

    // From the client.
    void received(const wire::StealData& data);
    void receivedEnd();
    void receivedReset(wire::StealFailure failure, std::string_view message);
    void granted(std::uint32_t bytes);
    void writable(); // the connection takes bytes again

private:
    [[nodiscard]] bool open() const { return m_owner != nullptr; }

    void deliver();
    void grantBack();
    void leave();
    void leaveIfDone();

    StealStreams* m_owner; // null: closed, nothing more is sent or told
    std::uint32_t m_number;
    steal::TakerStream::Events m_events;
    bytes::WatermarkBuffer m_received{limits::channelCreditBytes};
    std::uint64_t m_credit = 0;                              // for us to send
    std::uint64_t m_peerCredit = limits::channelCreditBytes; // for the client to send
    bool m_starved = false;                                  // write() took less than it was given
    bool m_sentEnd = false;
    bool m_peerEnded = false;
    bool m_toldEnd = false;
    bool m_delivering = false;
};

} // namespace podglass::agent
