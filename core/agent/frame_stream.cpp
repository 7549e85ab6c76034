// SPDX-License-Identifier: Apache-2.0
#include "core/agent/frame_stream.h"

#include "core/base/limits.h"

#include <cerrno>

#include <sys/epoll.h>
#include <unistd.h>

namespace podglass::agent {

namespace {

constexpr std::size_t readBytes = std::size_t{64} << 10;
constexpr std::size_t batchBytes = std::size_t{64}
                                   << 10; // of events before a control message gets its turn
constexpr int batchesPerTurn = 16;        // then the other clients get theirs

} // namespace

FrameStream::FrameStream(io::Loop& loop, io::Fd input, io::Fd output)
    : m_loop(loop)
    , m_input(std::move(input))
    , m_output(std::move(output))
{
    io::setNonBlocking(m_input.get(), true);
    io::setNonBlocking(m_output.get(), true);
}

FrameStream::~FrameStream()
{
    m_loop.unwatch(m_input.get());
    m_loop.unwatch(m_output.get());
}

base::Status FrameStream::start(Events events)
{
    m_events = std::move(events);
    if (!m_loop.watch(m_input.get(), EPOLLIN, [this](auto) { onReadable(); })
        || !m_loop.watch(m_output.get(), 0, [this](auto ready) { onWritable(ready); }))
        return base::systemError(errno,
                                 "serve the client's stream",
                                 "input and output must be pipes or sockets, not files");
    return base::Done{};
}

void FrameStream::send(const wire::Message& message)
{
    if (m_ended)
        return;
    wire::encode(message, m_control);
    if (m_control.size() > limits::clientBacklogBytes) {
        end("it does not read: " + std::to_string(m_control.size())
            + " bytes of answers wait for it");
        return;
    }
    wake();
}

void FrameStream::wake()
{
    if (!m_waiting)
        flush();
}

void FrameStream::close()
{
    if (m_ended)
        return;
    flush();
    end({});
}

void FrameStream::onReadable()
{
    const auto room = m_received.prepare(readBytes);
    const ssize_t got = ::read(m_input.get(), room.data(), room.size());
    if (got <= 0) {
        const int number = errno;
        m_received.commit(0);
        if (got == 0)
            end({});
        else if (number != EAGAIN && number != EINTR)
            end(base::systemError(number, "read").text());
        return;
    }
    m_received.commit(static_cast<std::size_t>(got));
    const auto frames = m_received.takeComplete();
    if (!frames) {
        end(frames.error().text());
        return;
    }
    wire::FrameWalk walk(frames->view());
    while (!m_ended) {
        const auto frame = walk.next();
        if (!frame)
            break;
        m_events.onFrame(*frame);
    }
}

void FrameStream::onWritable(std::uint32_t events)
{
    if ((events & (EPOLLERR | EPOLLHUP)) != 0)
        end({}); // nobody reads any more, whether or not there is something to write
    else
        flush();
}

void FrameStream::flush()
{
    if (m_flushing || m_ended)
        return; // fill() and onFrame() may send
    m_flushing = true;
    bool idle = false;
    for (int batch = 0; batch < batchesPerTurn; ++batch) {
        idle = m_written == m_writing.size() && !refill();
        if (idle || !writeSome())
            break;
    }
    m_flushing = false;
    waitForRoom(!idle);
}

bool FrameStream::refill()
{
    m_writing.clear();
    m_written = 0;
    if (!m_control.empty()) {
        m_writing.swap(m_control);
        if (m_events.onDrained)
            m_events.onDrained();
    } else if (m_events.fill) {
        m_events.fill(m_writing, batchBytes);
    }
    return !m_writing.empty();
}

// False: the stream takes no more now, or ended.
bool FrameStream::writeSome()
{
    const ssize_t sent =
        ::write(m_output.get(), m_writing.data() + m_written, m_writing.size() - m_written);
    if (sent > 0)
        m_written += static_cast<std::size_t>(sent);
    else if (errno != EAGAIN && errno != EINTR)
        end(errno == EPIPE ? std::string() : base::systemError(errno, "write").text());
    return m_written == m_writing.size();
}

void FrameStream::waitForRoom(bool wait)
{
    if (m_ended || wait == m_waiting)
        return;
    m_waiting = wait;
    m_loop.change(m_output.get(), wait ? EPOLLOUT : 0U);
}

void FrameStream::end(const std::string& why)
{
    if (m_ended)
        return;
    m_ended = true;
    m_loop.unwatch(m_input.get());
    m_loop.unwatch(m_output.get());
    if (m_events.onEnd)
        m_events.onEnd(why);
}

} // namespace podglass::agent
