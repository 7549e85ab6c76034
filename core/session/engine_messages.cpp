// SPDX-License-Identifier: Apache-2.0
// What the agent says and what the user wants, once there is a stream.
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/bytes/view.h"
#include "core/session/engine.h"
#include "core/session/road_command.h"

#include <algorithm>

namespace podglass::session {

namespace {

base::Digest proofOf(std::string_view role,
                     const std::vector<std::uint8_t>& secret,
                     const wire::Hello& client,
                     const wire::Hello& agent)
{
    std::vector<std::uint8_t> text(role.begin(), role.end());
    text.insert(text.end(), client.nonce.begin(), client.nonce.end());
    text.insert(text.end(), agent.nonce.begin(), agent.nonce.end());
    return base::hmac(secret, text);
}

std::string versionText(const wire::Hello& hello)
{
    return std::to_string(hello.major) + "." + std::to_string(hello.minor);
}

base::Error refusal(std::string what, std::string advice)
{
    return {.what = std::move(what), .where = "agent protocol", .advice = std::move(advice)};
}

} // namespace

void Engine::onMessage(wire::Message message)
{
    m_lastHeardWall = base::wallClock();
    const bool greeting = std::holds_alternative<wire::Hello>(message)
                          || std::holds_alternative<wire::Proof>(message)
                          || std::holds_alternative<wire::Failure>(message)
                          || std::holds_alternative<wire::Goodbye>(message);
    if (m_lossIsDecided)
        return;
    if (!live() && !greeting) {
        drop(Fault::Remote, refusal("the agent spoke before it greeted", ""));
        return;
    }
    std::visit(
        [this](auto& each) {
            using T = std::decay_t<decltype(each)>;
            if constexpr (requires { on(each); })
                on(each);
            else if constexpr (std::is_same_v<T, wire::Ping>)
                send(wire::Pong{each.token});
            else if constexpr (requires { m_takers.onMessage(each); })
                m_takers.onMessage(each);
            else if constexpr (std::is_constructible_v<Update, T>)
                m_outbox.push(std::move(each));
            else
                drop(Fault::Remote, refusal("a message that only clients send", ""));
        },
        message);
    if (m_outbox.blocked() && m_link)
        m_link->pause(true);
}

void Engine::on(wire::Hello& hello)
{
    if (m_agentHello) {
        drop(Fault::Remote, refusal("the agent greeted twice", ""));
        return;
    }
    m_carrier->greeted();
    if (hello.major != wire::protocolMajor) {
        drop(Fault::Setup,
             refusal("the agent speaks version " + versionText(hello) + ", we speak "
                         + versionText(m_ourHello),
                     "use an agent and a client of the same release"));
        return;
    }
    m_agentHello = hello;
    if (m_secret.empty())
        becomeLive();
    else
        send(wire::Proof{proofOf("client", m_secret, m_ourHello, hello)});
}

void Engine::on(wire::Proof& proof)
{
    if (!m_agentHello || m_secret.empty() || live())
        return;
    if (!base::sameDigest(proof.mac, proofOf("agent", m_secret, m_ourHello, *m_agentHello))) {
        drop(Fault::Auth,
             refusal("the agent does not know the secret", "is it the right secret file?"));
        return;
    }
    becomeLive();
}

void Engine::becomeLive()
{
    m_loop.cancel(m_handshakeTimer);
    m_retry.live(io::Loop::now());
    const wire::Hello& agent = *m_agentHello;
    step(StepState::Done, "agent " + agent.build + " on " + agent.host);
    if (!agent.lacking.empty())
        step(StepState::Warning, agent.lacking);
    say(State::Live, "agent " + agent.build + " on " + agent.host);
    m_outbox.push(agent);
    if (m_brokenAt)
        m_outbox.push(Break{*std::exchange(m_brokenAt, std::nullopt), base::wallClock()});
    send(wire::Credit{wire::eventChannel, static_cast<std::uint32_t>(limits::eventCreditBytes)});
    for (wire::Attach& attach : m_wishes.again(std::exchange(m_keepStealing, false))) {
        attach.spec = m_carrier->specThere(std::move(attach.spec));
        send(attach);
    }
    m_ticks = 0;
    tick();
}

void Engine::on(wire::Attached& attached)
{
    const base::TargetId agents = attached.target;
    const auto ports = m_wishes.attached(attached, m_ids);
    m_outbox.push(std::move(attached));
    for (wire::SetPort port : ports) {
        port.target = m_ids.ours(agents);
        sendPort(std::move(port), wire::Mode::Mirror);
    }
    for (wire::SetDelivery wish : m_wishes.deliveries(m_ids.ours(agents))) {
        wish.target = agents;
        send(wish);
    }
}

void Engine::on(wire::PortState& state)
{
    state.target = m_ids.ours(state.target);
    m_wishes.annotate(state);
    m_outbox.push(std::move(state));
}

void Engine::on(wire::DeliveryState& state)
{
    state.target = m_ids.ours(state.target);
    m_outbox.push(state);
}

void Engine::on(wire::Rules& rules)
{
    rules.target = m_ids.ours(rules.target);
    m_outbox.push(std::move(rules));
}

void Engine::on(wire::Failure& failure)
{
    if (!live()) { // refused, in the agent's words
        drop(failure.lasting ? Fault::Setup : Fault::Network,
             {.what = failure.what,
              .where = failure.where,
              .advice = failure.advice,
              .lasting = failure.lasting ? base::Lasting::Persistent : base::Lasting::Transient});
        return;
    }
    failure.target = m_ids.ours(failure.target);
    if (failure.request != 0)
        m_wishes.failed(failure.request);
    m_outbox.push(std::move(failure));
}

void Engine::on(wire::Pong& pong)
{
    if (pong.token == m_lastPing)
        m_roundTrip =
            std::chrono::duration_cast<std::chrono::microseconds>(io::Loop::now() - m_pingSent)
                .count();
}

void Engine::on(wire::StealOpen& open)
{
    open.target = m_ids.ours(open.target);
    open.connection = m_ids.ours(open.connection);
    open.exchange = m_ids.ours(open.exchange);
    m_takers.onOpen(open);
}

void Engine::on(wire::Goodbye& goodbye)
{
    drop(Fault::Network,
         {.what = "the agent ended the connection\n" + goodbye.reason,
          .where = nameOf(m_options.road),
          .advice = "connect again",
          .lasting = base::Lasting::Transient});
}

void Engine::onEvents(flow::EventBatch batch, std::size_t wireBytes)
{
    m_lastHeardWall = base::wallClock();
    if (!live()) {
        drop(Fault::Remote, refusal("the agent sent events before it greeted", ""));
        return;
    }
    for (flow::Event& event : batch.events)
        m_ids.translate(event);
    const std::size_t cost = batch.cost;
    m_outbox.push(std::move(batch), cost);
    m_toGrant += wireBytes;
    grant();
    if (m_outbox.blocked())
        m_link->pause(true);
}

// Credit goes back only for what the consumer's channel took.
void Engine::grant()
{
    if (m_outbox.blocked() || m_toGrant < limits::eventCreditBytes / 4)
        return;
    send(wire::Credit{wire::eventChannel, static_cast<std::uint32_t>(std::exchange(m_toGrant, 0))});
}

void Engine::flowing()
{
    if (!m_link)
        return;
    m_link->pause(false);
    grant();
}

void Engine::listTargets(std::uint32_t request)
{
    send(wire::ListTargets{request});
}

void Engine::attach(std::uint32_t request, std::string spec)
{
    m_wishes.attach(request, spec);
    if (live())
        send(wire::Attach{request, m_carrier->specThere(std::move(spec))});
}

void Engine::detach(base::TargetId target)
{
    m_wishes.detach(target);
    if (const auto agents = m_ids.agents(target); agents && live())
        send(wire::Detach{agents});
}

void Engine::listRules(std::uint32_t request, base::TargetId target)
{
    const base::TargetId agents = m_ids.agents(target);
    if (agents && live() && can(wire::Capability::Rules))
        send(wire::ListRules{request, agents});
}

void Engine::setPort(wire::SetPort wanted)
{
    const auto before = m_wishes.find(wanted.target, wanted.port);
    m_wishes.setPort(wanted);
    if (!m_ids.agents(wanted.target) || !live())
        return; // it is said when there is an agent to hear it
    const bool said = sendPort(wanted, before ? before->mode : wire::Mode::Off);
    if (!said && before)
        m_wishes.setPort(*before);
    else if (!said)
        m_wishes.forgetPort(wanted.target, wanted.port);
}

void Engine::release(std::uint64_t held, const Release& release)
{
    m_takers.release(held, release);
}

void Engine::setDelivery(wire::SetDelivery wanted)
{
    m_wishes.setDelivery(wanted);
    wanted.target = m_ids.agents(wanted.target);
    if (wanted.target && live())
        send(wanted);
}

void Engine::setTaker(base::TargetId target, std::uint16_t port, Taker taker)
{
    m_takers.set(target, port, std::move(taker));
}

void Engine::answer(std::uint32_t prompt, std::optional<std::string> text)
{
    if (m_carrier)
        m_carrier->answer(prompt, std::move(text));
}

} // namespace podglass::session
