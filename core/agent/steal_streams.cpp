// SPDX-License-Identifier: Apache-2.0
#include "core/agent/steal_streams.h"

#include "core/agent/steal_stream.h"

namespace podglass::agent {

namespace {

// What the proxy holds; its end resets an unfinished stream.
class Handle : public steal::TakerStream
{
public:
    explicit Handle(std::shared_ptr<StealStream> stream)
        : m_stream(std::move(stream))
    {}

    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

    ~Handle() override { m_stream->dropped(); }

    std::size_t write(bytes::ByteView data) override { return m_stream->write(data); }

    void end() override { m_stream->end(); }

    void reset(wire::StealFailure failure, std::string_view message) override
    {
        m_stream->reset(failure, message);
    }

    void resume() override { m_stream->resume(); }

private:
    std::shared_ptr<StealStream> m_stream;
};

} // namespace

std::unique_ptr<steal::TakerStream> StealStreams::open(wire::StealOpen request,
                                                       steal::TakerStream::Events events)
{
    const std::uint32_t number = m_next;
    m_next = m_next == UINT32_MAX ? wire::firstStealChannel : m_next + 1;
    if (m_streams.contains(number))
        return nullptr; // four thousand million later, and that one still runs
    auto stream = std::make_shared<StealStream>(*this, number, std::move(events));
    m_streams.emplace(number, stream);
    request.stream = number;
    m_frames->send(std::move(request));
    m_frames->send(wire::Credit{number, static_cast<std::uint32_t>(limits::channelCreditBytes)});
    return std::make_unique<Handle>(std::move(stream));
}

std::shared_ptr<StealStream> StealStreams::find(std::uint32_t number) const
{
    const auto found = m_streams.find(number);
    return found == m_streams.end() ? nullptr : found->second;
}

bool StealStreams::onData(const wire::StealData& data)
{
    const auto stream = find(data.stream);
    if (stream)
        stream->received(data);
    return stream != nullptr;
}

bool StealStreams::onEnd(const wire::StealEnd& end)
{
    const auto stream = find(end.stream);
    if (stream)
        stream->receivedEnd();
    return stream != nullptr;
}

bool StealStreams::onReset(const wire::StealReset& reset)
{
    const auto stream = find(reset.stream);
    if (stream)
        stream->receivedReset(reset.failure, reset.message);
    return stream != nullptr;
}

bool StealStreams::onCredit(const wire::Credit& credit)
{
    const auto stream = find(credit.channel);
    if (stream)
        stream->granted(credit.bytes);
    return stream != nullptr;
}

void StealStreams::onDrained()
{
    const auto streams = m_streams; // callbacks open and close streams
    for (const auto& [number, stream] : streams)
        stream->writable();
}

void StealStreams::closeAll(std::string_view why)
{
    while (!m_streams.empty()) {
        const auto stream = m_streams.begin()->second;
        stream->receivedReset(wire::StealFailure::Released, why);
    }
}

} // namespace podglass::agent
