// SPDX-License-Identifier: Apache-2.0
#include "agent_client.h"

#include "core/base/digest.h"

#include <algorithm>
#include <cerrno>

#include <QtGlobal>

#include <poll.h>
#include <unistd.h>

namespace podglass::test {

std::unique_ptr<AgentClient> AgentClient::start(const std::vector<std::string>& arguments)
{
    io::ChildSetup setup;
    setup.command = {PODGLASS_AGENT};
    setup.command.insert(setup.command.end(), arguments.begin(), arguments.end());
    auto child = io::Child::start(setup);
    if (!child)
        return nullptr;
    auto client = std::make_unique<AgentClient>(
        std::move(child->output), std::move(child->input), "test@here");
    client->m_child.emplace(std::move(child).value());
    return client;
}

AgentClient::AgentClient(io::Fd input, io::Fd output, std::string name)
    : m_input(std::move(input))
    , m_output(std::move(output))
    , m_lastPing(std::chrono::steady_clock::now())
{
    m_hello.build = "test";
    m_hello.host = std::move(name);
    m_hello.nonce.fill(7);
    send(m_hello);
}

bool AgentClient::prove(const std::string& secret)
{
    if (!readUntil([&] { return last<wire::Hello>() != nullptr; }))
        return false;
    const auto proof = [&](std::string text) {
        text.append(m_hello.nonce.begin(), m_hello.nonce.end());
        const auto& theirs = last<wire::Hello>()->nonce;
        text.append(theirs.begin(), theirs.end());
        return base::hmac(bytes::asBytes(secret), bytes::asBytes(text));
    };
    send(wire::Proof{proof("client")});
    return readUntil([&] { return last<wire::Proof>() != nullptr; })
           && last<wire::Proof>()->mac == proof("agent");
}

void AgentClient::send(const wire::Message& message)
{
    std::vector<std::uint8_t> bytes;
    wire::encode(message, bytes);
    std::size_t sent = 0;
    while (sent < bytes.size() && !m_ended) {
        const ssize_t part = ::write(m_output.get(), bytes.data() + sent, bytes.size() - sent);
        if (part > 0) {
            sent += static_cast<std::size_t>(part);
        } else if (errno == EAGAIN) {
            pollfd writable{m_output.get(), POLLOUT, 0};
            ::poll(&writable, 1, 1000);
        } else {
            m_ended = true;
        }
    }
}

bool AgentClient::readUntil(const std::function<bool()>& done, std::chrono::milliseconds patience)
{
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!done()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            until - std::chrono::steady_clock::now());
        if (left.count() <= 0 || !readSome(left))
            return false;
    }
    return true;
}

bool AgentClient::readSome(std::chrono::milliseconds patience)
{
    pollfd readable{m_input.get(), POLLIN, 0};
    ::poll(&readable, 1, static_cast<int>(std::min<std::int64_t>(patience.count(), 1000)));
    if (std::chrono::steady_clock::now() - m_lastPing > std::chrono::seconds(2)) {
        m_lastPing = std::chrono::steady_clock::now();
        send(wire::Ping{1});
    }
    if (readable.revents == 0)
        return true;
    const auto room = m_received.prepare(256 * 1024);
    const ssize_t got = ::read(m_input.get(), room.data(), room.size());
    m_received.commit(got > 0 ? static_cast<std::size_t>(got) : 0);
    if (got == 0 || (got < 0 && errno != EAGAIN)) {
        m_ended = true;
        return false;
    }
    auto frames = m_received.takeComplete();
    if (!frames)
        return false;
    m_batch.storage.push_back(*frames);
    wire::FrameWalk walk(frames->view());
    std::uint32_t eventBytes = 0;
    while (const auto frame = walk.next()) {
        onFrame(*frame);
        if (frame->channel == wire::eventChannel)
            eventBytes +=
                static_cast<std::uint32_t>(wire::frameHeaderBytes + frame->payload.size());
    }
    if (eventBytes != 0 && granting)
        grantEvents(eventBytes);
    return true;
}

void AgentClient::onFrame(const wire::Frame& frame)
{
    if (wire::kindOf(frame) == wire::FrameKind::Flow) {
        if (!wire::decodeEvent(frame, m_batch))
            qFatal("an event that does not decode");
        return;
    }
    auto message = wire::decodeMessage(frame);
    if (!message)
        qFatal("a message that does not decode");
    if (const auto* data = std::get_if<wire::StealData>(&*message))
        stolen[data->stream] += bytes::asText(data->data);
    if (onMessage)
        onMessage(*message);
    messages.push_back(std::move(message).value());
}

bool AgentClient::attach(const std::string& spec)
{
    grantEvents(1 << 20);
    send(wire::Attach{++m_request, spec});
    readUntil([&] {
        const auto* attached = last<wire::Attached>();
        const auto* failure = last<wire::Failure>();
        return (attached != nullptr && attached->request == m_request)
               || (failure != nullptr && failure->request == m_request);
    });
    const auto* attached = last<wire::Attached>();
    if (attached == nullptr || attached->request != m_request)
        return false;
    m_target = attached->target;
    return true;
}

bool AgentClient::setPort(std::uint16_t port, wire::Mode mode, const std::string& filter)
{
    wire::SetPort wanted;
    wanted.target = m_target;
    wanted.port = port;
    wanted.mode = mode;
    wanted.revision = ++m_request;
    wanted.filter = filter;
    send(wanted);
    const auto answered = [&] {
        const auto* state = last<wire::PortState>();
        return state != nullptr && state->revision >= wanted.revision;
    };
    if (mode == wire::Mode::Off)
        return true;
    return readUntil(answered) && !last<wire::PortState>()->refused;
}

} // namespace podglass::test
