// SPDX-License-Identifier: Apache-2.0
#include "core/agent/client_connection.h"

#include "core/base/limits.h"
#include "core/base/wipe.h"

#include <algorithm>
#include <utility>

namespace podglass::agent {

namespace {

// A client cannot pile up credit to make us write without end.
constexpr std::uint64_t mostEventCredit = std::uint64_t{64} << 20;

wire::Failure failureOf(const base::Error& error)
{
    return {.request = 0,
            .target = {},
            .what = error.what,
            .where = error.where,
            .advice = error.advice,
            .lasting = error.lasting == base::Lasting::Persistent};
}

// The key is where it was made use of, and nowhere else. The frame lies in the stream's own buffer.
void forget(const wire::Frame& frame, wire::SetTls& read)
{
    base::wipe(read.key);
    auto* bytes = const_cast<std::uint8_t*>(frame.payload.data()); // NOLINT: never a constant
    ::explicit_bzero(bytes, frame.payload.size());
}

} // namespace

ClientConnection::ClientConnection(io::Loop& loop, ClientSetup setup, ClientRequests& requests)
    : m_id(setup.id)
    , m_requests(requests)
    , m_handshake(std::move(setup.hello), std::move(setup.secret))
    , m_frames(loop, std::move(setup.input), std::move(setup.output))
    , m_streams(m_frames)
    , m_lastHeard(io::Loop::now())
    , m_lastAsked(m_lastHeard)
{}

base::Status ClientConnection::start()
{
    base::Status started = m_frames.start({
        .onFrame = [this](const wire::Frame& frame) { onFrame(frame); },
        .fill = [this](auto& out, std::size_t most) { fill(out, most); },
        .onDrained = [this] { m_streams.onDrained(); },
        .onEnd = [this](const std::string& why) { end(why); },
    });
    if (started)
        m_frames.send(m_handshake.own());
    return started;
}

void ClientConnection::wake()
{
    m_feed.keepUp();
    m_frames.wake();
}

void ClientConnection::tick(base::Instant now)
{
    const auto silent = now - m_lastHeard;
    if (silent > limits::silentPeer) {
        close("nothing was heard of the client for " + std::to_string(limits::silentPeer.count())
              + " s");
        return;
    }
    if (ready() && silent > limits::keepAliveInterval
        && now - m_lastAsked > limits::keepAliveInterval) {
        m_lastAsked = now;
        m_frames.send(wire::Ping{});
    }
    wake(); // losses are told even when nothing new is written
}

void ClientConnection::close(const std::string& reason)
{
    if (m_ended)
        return;
    m_frames.send(wire::Goodbye{reason});
    end(reason);
    m_frames.close();
}

void ClientConnection::end(const std::string& why)
{
    if (std::exchange(m_ended, true))
        return;
    m_streams.closeAll(why.empty() ? "the client closed its connection" : why);
    m_requests.ended(*this, why);
}

void ClientConnection::refuse(const base::Error& error)
{
    m_frames.send(failureOf(error));
    end(error.text());
    m_frames.close();
}

void ClientConnection::onFrame(const wire::Frame& frame)
{
    m_lastHeard = io::Loop::now();
    switch (wire::kindOf(frame)) {
    case wire::FrameKind::Control:
        if (auto message = wire::decodeMessage(frame)) {
            onMessage(*message);
            if (auto* tls = std::get_if<wire::SetTls>(&*message))
                forget(frame, *tls);
        } else
            refuse(message.error());
        return;
    case wire::FrameKind::Flow:
        refuse({.what = "clients send no flow events", .where = "agent protocol", .advice = ""});
        return;
    case wire::FrameKind::Unknown:
        ++m_skipped;
        if (const auto error = wire::refuseUnknown(frame))
            refuse(*error);
        return;
    }
}

void ClientConnection::onMessage(const wire::Message& message)
{
    if (const auto* hello = std::get_if<wire::Hello>(&message)) {
        greet(*hello);
    } else if (const auto* proof = std::get_if<wire::Proof>(&message)) {
        prove(*proof);
    } else if (!m_handshake.done()) {
        end("it asked before it had proved who it is");
        m_frames.close();
    } else if (std::holds_alternative<wire::Goodbye>(message)) {
        m_frames.close();
    } else if (!takeRequest(message) && !takeStream(message)) {
        refuse({.what = "a message that only agents send",
                .where = "agent protocol",
                .advice = "connect to it with a Podglass client"});
    }
}

void ClientConnection::greet(const wire::Hello& hello)
{
    if (const auto status = m_handshake.onHello(hello); !status)
        refuse(status.error());
}

void ClientConnection::prove(const wire::Proof& proof)
{
    const auto answer = m_handshake.onProof(proof);
    if (answer) {
        m_frames.send(*answer);
        return;
    }
    // No word to somebody who may be guessing.
    end(answer.error().text());
    m_frames.close();
}

bool ClientConnection::takeRequest(const wire::Message& message)
{
    if (const auto* list = std::get_if<wire::ListTargets>(&message))
        m_requests.listTargets(*this, *list);
    else if (const auto* rules = std::get_if<wire::ListRules>(&message))
        m_requests.listRules(*this, *rules);
    else if (const auto* attach = std::get_if<wire::Attach>(&message))
        m_requests.attach(*this, *attach);
    else if (const auto* detach = std::get_if<wire::Detach>(&message))
        m_requests.detach(*this, *detach);
    else if (const auto* port = std::get_if<wire::SetPort>(&message))
        m_requests.setPort(*this, *port);
    else if (const auto* tls = std::get_if<wire::SetTls>(&message))
        m_requests.setTls(*this, *tls);
    else if (const auto* old = std::get_if<wire::EndOld>(&message))
        m_requests.endOld(*this, *old);
    else if (const auto* delivery = std::get_if<wire::SetDelivery>(&message))
        m_requests.setDelivery(*this, *delivery);
    else if (const auto* ping = std::get_if<wire::Ping>(&message))
        m_frames.send(wire::Pong{ping->token});
    else
        return std::holds_alternative<wire::Pong>(message);
    return true;
}

bool ClientConnection::takeStream(const wire::Message& message)
{
    bool known = true;
    if (const auto* credit = std::get_if<wire::Credit>(&message))
        takeCredit(*credit);
    else if (const auto* data = std::get_if<wire::StealData>(&message))
        known = m_streams.onData(*data);
    else if (const auto* last = std::get_if<wire::StealEnd>(&message))
        known = m_streams.onEnd(*last);
    else if (const auto* reset = std::get_if<wire::StealReset>(&message))
        known = m_streams.onReset(*reset);
    else
        return false;
    m_skipped += known ? 0U : 1U;
    return true;
}

void ClientConnection::takeCredit(const wire::Credit& credit)
{
    if (credit.channel != wire::eventChannel) {
        m_skipped += m_streams.onCredit(credit) ? 0U : 1U;
        return;
    }
    m_eventCredit = std::min(m_eventCredit + credit.bytes, mostEventCredit);
    m_frames.wake();
}

void ClientConnection::fill(std::vector<std::uint8_t>& out, std::size_t most)
{
    if (!ready())
        return;
    const std::size_t allowed = std::min<std::uint64_t>(most, m_eventCredit);
    m_feed.fill(out, allowed, base::wallClock());
    // A frame larger than a batch goes alone, when the credit has room for it.
    if (out.empty() && m_eventCredit > most)
        m_feed.fill(
            out, std::min<std::uint64_t>(m_eventCredit, limits::ringChunkBytes), base::wallClock());
    m_eventCredit -= std::min<std::uint64_t>(m_eventCredit, out.size());
}

} // namespace podglass::agent
