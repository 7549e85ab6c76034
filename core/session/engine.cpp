// SPDX-License-Identifier: Apache-2.0
// Connecting, losing, coming back. What the messages mean is in engine_messages.cpp.
#include "core/session/engine.h"

#include "core/base/limits.h"
#include "core/session/road_command.h"
#include "core/session/secret_file.h"

#include <array>
#include <cerrno>
#include <cmath>

#include <sys/random.h>

namespace podglass::session {

namespace {

constexpr std::chrono::milliseconds goodbyePatience{500};
constexpr std::uint32_t stepsPerAttempt = 100'000;

std::string oneDecimal(base::Duration wait)
{
    const auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(wait).count() / 100;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

} // namespace

Engine::Engine(io::Loop& loop, Options options, Updates& updates, MakeCarrier makeCarrier)
    : m_loop(loop)
    , m_options(std::move(options))
    , m_makeCarrier(std::move(makeCarrier))
    , m_outbox(loop, updates, [this] { flowing(); })
    , m_updates(updates)
    , m_takers(loop,
               [this](const wire::Message& message) { send(message); },
               {.ended =
                    [this](base::ExchangeId exchange, TakerEnd end) {
                        m_outbox.push(
                            Taken{exchange, end.answered, std::move(end.problem), end.byTaker});
                    },
                .held =
                    [this](Held held) {
                        const std::size_t cost = 256 + held.head.size() + held.body.size();
                        m_outbox.push(std::move(held), cost);
                    },
                .heldOver = [this](HeldOver over) { m_outbox.push(std::move(over)); },
                .heldRefused = [this](HeldRefused refused) { m_outbox.push(std::move(refused)); }})
{}

Engine::~Engine()
{
    closeAll();
    while (!m_certificates.empty())
        forgetTls(m_certificates.begin()->first);
}

void Engine::connect()
{
    if (m_carrier)
        return;
    m_retry.reset();
    begin();
}

void Engine::begin()
{
    m_loop.cancel(m_retryTimer);
    m_stepOffset += stepsPerAttempt;
    m_lastStep = 50'000;
    say(State::Connecting, {});
    m_secret.clear();
    if (!m_options.road.secretFile.empty()) {
        auto secret = readSecret(m_options.road.secretFile);
        if (!secret) {
            lost({Fault::Setup, secret.error()});
            return;
        }
        m_secret = std::move(*secret);
    } else if (m_options.road.kind == RoadKind::Unix || m_options.road.kind == RoadKind::Tcp
               || !m_options.road.agent.empty()) {
        // It would hang up on us without a word, again and again.
        lost({Fault::Setup,
              base::Error{.what = "an agent that listens asks for its secret, and none was given",
                          .where = "connect to the agent",
                          .advice = "name the secret file that it was started with"}});
        return;
    }
    m_lossIsDecided = false;
    m_carrier = m_makeCarrier(
        m_options,
        {
            .step =
                [this](Step line) {
                    line.id += m_stepOffset;
                    m_outbox.push(std::move(line));
                },
            .prompt = [this](Prompt prompt) { m_outbox.push(std::move(prompt)); },
            .opened = [this] { opened(); },
            .closed =
                [this](Loss loss) { lost(m_lossIsDecided ? m_decidedLoss : std::move(loss)); },
        });
    m_carrier->open();
}

void Engine::opened()
{
    m_link = std::make_unique<Link>(
        m_loop,
        m_carrier->in(),
        m_carrier->out(),
        LinkEvents{
            .message = [this](wire::Message message) { onMessage(std::move(message)); },
            .events = [this](auto batch, auto bytes) { onEvents(std::move(batch), bytes); },
            .broken = [this](int error, auto protocol) { broken(error, std::move(protocol)); }});
    m_agentHello.reset();
    m_toGrant = 0;
    m_ids.nextEpoch();
    m_ourHello = {};
    m_ourHello.build = "0.1.0";
    m_ourHello.host = m_options.clientName;
    if (::getrandom(m_ourHello.nonce.data(), m_ourHello.nonce.size(), 0)
        != static_cast<ssize_t>(m_ourHello.nonce.size())) {
        drop(Fault::Setup, base::systemError(errno, "random numbers"));
        return;
    }
    m_handshakeTimer = m_loop.after(limits::silentPeer, [this] {
        drop(Fault::Network,
             {.what = "no greeting within " + std::to_string(limits::silentPeer.count())
                      + " s\nthe way stands, but the agent says nothing",
              .where = "agent protocol",
              .advice = "is it a Podglass agent that answers there?",
              .lasting = base::Lasting::Transient});
    });
    send(m_ourHello);
}

// The link ended by itself; the carrier has the better words, unless the protocol was violated.
void Engine::broken(int error, std::optional<base::Error> protocol)
{
    if (protocol) {
        protocol->lasting = base::Lasting::Transient;
        drop(Fault::Remote, std::move(*protocol));
        return;
    }
    m_loop.cancel(m_handshakeTimer);
    m_carrier->ended(error);
}

// We end it, for a reason of our own. Not inside the link's callback: that one must return first.
void Engine::drop(Fault fault, base::Error error)
{
    if (std::exchange(m_lossIsDecided, true))
        return;
    m_decidedLoss = {fault, std::move(error)};
    m_loop.cancel(m_handshakeTimer);
    m_handshakeTimer = m_loop.after({}, [this] { lost(m_decidedLoss); });
}

void Engine::closeAll()
{
    m_loop.cancel(m_ticker);
    m_loop.cancel(m_handshakeTimer);
    m_loop.cancel(m_retryTimer);
    m_takers.clear("the connection to the agent ended");
    m_link.reset();
    m_carrier.reset();
}

void Engine::lost(Loss loss)
{
    if (live())
        m_brokenAt = m_lastHeardWall;
    else if (m_agentHello && !m_secret.empty() && !m_lossIsDecided) {
        // No word is what an agent has for who may be guessing.
        loss.error.what = "the agent hung up when we proved that we know the secret";
        loss.error.advice = "is it the secret file that this agent was started with?";
    }
    // Kept until the end of this call: it may be the carrier that calls.
    const std::shared_ptr<Carrier> kept(std::move(m_carrier));
    closeAll();
    m_loop.after({}, [kept] {});
    std::uniform_real_distribution<double> chance(0.0, 1.0);
    const auto wait =
        m_options.reconnect ? m_retry.next(loss, io::Loop::now(), chance(m_chance)) : std::nullopt;
    if (wait) {
        waitAndRetry(*wait, loss.error);
        return;
    }
    loss.error.lasting = base::Lasting::Persistent;
    say(State::Failed, {}, std::move(loss.error));
}

void Engine::waitAndRetry(base::Duration wait, const base::Error& error)
{
    m_retryAt = io::Loop::now() + wait;
    m_retryError = error;
    countdown();
}

// One status that updates each second, not a list of failures.
void Engine::countdown()
{
    const base::Duration left = m_retryAt - io::Loop::now();
    if (left <= base::Duration::zero()) {
        begin();
        return;
    }
    say(State::Reconnecting,
        "in " + oneDecimal(left) + " (attempt " + std::to_string(m_retry.attempts()) + ")",
        m_retryError);
    m_retryTimer = m_loop.after(std::min<base::Duration>(left, std::chrono::seconds(1)),
                                [this] { countdown(); });
}

void Engine::disconnect()
{
    if (m_link)
        send(wire::Goodbye{"the client disconnected"});
    closeAll();
    m_retry.reset();
    m_brokenAt.reset();
    say(State::Disconnected, {});
}

void Engine::leave(std::function<void()> done)
{
    if (!m_link) {
        done();
        return;
    }
    send(wire::Goodbye{"the client ended"});
    if (m_link->drained())
        done();
    else
        m_loop.after(goodbyePatience, std::move(done));
}

void Engine::say(State state, std::string detail, base::Error error)
{
    m_state = state;
    m_outbox.push(StateChanged{state, std::move(detail), std::move(error)});
}

void Engine::step(StepState state, const std::string& text, const std::string& detail)
{
    m_outbox.push(Step{.id = m_stepOffset + ++m_lastStep,
                       .state = state,
                       .text = text,
                       .detail = detail,
                       .milliseconds = 0});
}

void Engine::send(const wire::Message& message)
{
    if (m_link)
        m_link->send(message);
}

// Each second while live: alive?, how fast, how full.
void Engine::tick()
{
    m_ticker = m_loop.after(std::chrono::seconds(1), [this] { tick(); });
    const base::Instant now = io::Loop::now();
    if (!m_link->paused() && now - m_link->lastHeard() > limits::silentPeer) {
        drop(Fault::Network,
             {.what = "the connection is silent\nnothing came for "
                      + std::to_string(limits::silentPeer.count()) + " s, not even an answer",
              .where = nameOf(m_options.road),
              .advice = "check the network, and whether the host is up",
              .lasting = base::Lasting::Transient});
        return;
    }
    if (m_ticks++ % static_cast<unsigned>(limits::keepAliveInterval.count()) == 0) {
        m_pingSent = now;
        send(wire::Ping{++m_lastPing});
    }
    m_outbox.push(Traffic{m_link->bytesIn(), m_link->bytesOut(), m_roundTrip, m_updates.cost()});
}

} // namespace podglass::session
