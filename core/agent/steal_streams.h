// SPDX-License-Identifier: Apache-2.0
// StealStreams: the stolen requests of one client, as byte streams inside its connection. Each has
// a channel of its own and credit both ways, so one that stalls stops only itself.
//
// Contract: never sends beyond the credit that the client granted, never takes more than it granted
// itself (limits::channelCreditBytes); a client that breaks the second rule has that stream reset.
// Thread: the io thread.
#pragma once

#include "core/agent/frame_stream.h"
#include "core/steal/steal_port.h"

#include <memory>
#include <unordered_map>

namespace podglass::agent {

class StealStream;

class StealStreams
{
public:
    // `frames` outlives the streams or closeAll() was called before.
    explicit StealStreams(FrameStream& frames)
        : m_frames(&frames)
    {}

    StealStreams(const StealStreams&) = delete;
    StealStreams& operator=(const StealStreams&) = delete;

    ~StealStreams() { closeAll("the client is gone"); }

    std::unique_ptr<steal::TakerStream> open(wire::StealOpen request,
                                             steal::TakerStream::Events events);

    // What the client sent. False: it is about no stream that we know (one that just ended).
    bool onData(const wire::StealData& data);
    bool onEnd(const wire::StealEnd& end);
    bool onReset(const wire::StealReset& reset);
    bool onCredit(const wire::Credit& credit);

    // The client's connection takes bytes again.
    void onDrained();

    void closeAll(std::string_view why);

    [[nodiscard]] std::size_t size() const { return m_streams.size(); }

private:
    friend class StealStream;
    std::shared_ptr<StealStream> find(std::uint32_t number) const;

    FrameStream* m_frames;
    std::unordered_map<std::uint32_t, std::shared_ptr<StealStream>> m_streams;
    std::uint32_t m_next = wire::firstStealChannel;
};

} // namespace podglass::agent
