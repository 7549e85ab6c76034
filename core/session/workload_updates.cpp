// SPDX-License-Identifier: Apache-2.0
// What replicas say, and what becomes of it.
#include "core/base/limits.h"
#include "core/session/workload_follow.h"

#include <algorithm>

namespace podglass::session {

namespace {

constexpr std::uint32_t stepsPerReplica = 2'000'000;
constexpr std::uint32_t ownSteps = 4'000'000'001U;

} // namespace

void WorkloadFollow::take(const Key& uid)
{
    const auto found = m_replicas.find(uid);
    if (found == m_replicas.end())
        return;
    Replica& replica = *found->second;
    if (m_events.blocked()) {
        replica.hold(true);
        return;
    }
    for (Update& update : replica.updates().take()) {
        on(replica, update);
        if (m_over)
            return;
    }
}

void WorkloadFollow::resume()
{
    for (auto& [uid, replica] : m_replicas)
        replica->hold(false);
}

void WorkloadFollow::on(Replica& replica, Update& update)
{
    if (auto* batch = std::get_if<flow::EventBatch>(&update)) {
        for (flow::Event& event : batch->events)
            m_ids.translate(event, replica.number(), m_target);
        const std::size_t cost = batch->cost;
        m_events.say(std::move(*batch), cost);
    } else if (auto* step = std::get_if<Step>(&update)) {
        step->id = replica.number() % 2'000 * stepsPerReplica + step->id % stepsPerReplica;
        if (m_numbers > 1)
            step->text.insert(0, replica.pod().name + ": ");
        m_events.say(std::move(*step), 256);
    } else if (const auto* change = std::get_if<StateChanged>(&update)) {
        on(replica, *change);
    } else if (auto* attached = std::get_if<wire::Attached>(&update)) {
        on(replica, *attached);
    } else if (auto* state = std::get_if<wire::PortState>(&update)) {
        on(replica, *state);
    } else if (const auto* failure = std::get_if<wire::Failure>(&update)) {
        on(replica, *failure);
    } else if (auto* taken = std::get_if<Taken>(&update)) {
        taken->exchange = m_ids.ours(taken->exchange, replica.number());
        m_events.say(std::move(*taken), 256);
    } else if (auto* rules = std::get_if<wire::Rules>(&update)) {
        rules->target = m_target;
        if (m_replicas.size() > 1)
            rules->notes.push_back("these are the rules of pod " + replica.pod().name);
        m_events.say(std::move(*rules), 1'024);
    } else if (auto* delivery = std::get_if<wire::DeliveryState>(&update)) {
        delivery->target = m_target;
        m_events.say(*delivery, 256);
    } else if (auto* tls = std::get_if<wire::TlsState>(&update)) {
        tls->target = m_target;
        m_events.say(std::move(*tls), 256);
    } else if (auto* ended = std::get_if<wire::OldEnded>(&update)) {
        ended->target = m_target;
        m_events.say(*ended, 256);
    } else if (onHeld(replica, update)) {
        return;
    } else if (const auto* gap = std::get_if<Break>(&update)) {
        m_events.say(*gap, 256);
    } else if (const auto* sample = std::get_if<wire::Telemetry>(&update)) {
        replica.telemetry = *sample;
        sayTelemetry(replica);
    } else if (const auto* traffic = std::get_if<Traffic>(&update)) {
        replica.traffic = *traffic;
        sayTraffic(replica);
    }
}

// Engines count held requests each from 1.
std::uint64_t WorkloadFollow::ours(const Replica& replica, std::uint64_t held) const
{
    constexpr std::uint64_t mask = 0xffff'ffff;
    return (m_target.value & 0xffff) << 48 | (replica.number() & std::uint64_t{0xffff}) << 32
           | (held & mask);
}

bool WorkloadFollow::onHeld(Replica& replica, Update& update)
{
    if (auto* held = std::get_if<Held>(&update)) {
        replica.held.insert(held->id);
        held->id = ours(replica, held->id);
        held->exchange = m_ids.ours(held->exchange, replica.number());
        const std::size_t cost = 256 + held->head.size() + held->body.size();
        m_events.say(std::move(*held), cost);
    } else if (auto* over = std::get_if<HeldOver>(&update)) {
        replica.held.erase(over->id);
        over->id = ours(replica, over->id);
        m_events.say(std::move(*over), 256);
    } else if (auto* refused = std::get_if<HeldRefused>(&update)) {
        refused->id = ours(replica, refused->id);
        m_events.say(std::move(*refused), 256);
    } else {
        return false;
    }
    return true;
}

void WorkloadFollow::on(Replica& replica, const StateChanged& change)
{
    switch (change.state) {
    case State::Live:
        replica.live = true;
        break;
    case State::Reconnecting:
        replica.live = false;
        replica.attached.reset();
        replica.ports.clear();
        m_lastLoss = change.error.text();
        sayState();
        break;
    case State::Failed:
        dropLater(replica.pod().uid, change.error);
        break;
    case State::Connecting:
    case State::Disconnected:
        break;
    }
}

void WorkloadFollow::on(Replica& replica, wire::Attached& attached)
{
    replica.attached = std::move(attached);
    m_failures.erase(replica.pod().uid);
    if (const auto since = std::exchange(replica.missedSince, std::nullopt)) {
        m_events.say(Break{*since, base::wallClock()}, 256);
        sayStep(StepState::Done, "pod " + replica.pod().name + " is attached");
    }
    if (!std::exchange(m_announced, true))
        sayAttached();
    applyWishes(replica);
    sayState();
}

void WorkloadFollow::on(Replica& replica, wire::PortState& state)
{
    state.target = m_target;
    if (replica.mirroredOnly.contains(state.port))
        state.message = "this pod came after stealing began and is only mirrored; steal again to "
                        "include it"
                        + (state.message.empty() ? "" : "; " + state.message);
    const std::uint16_t port = state.port;
    replica.ports[port] = std::move(state);
    sayPort(port);
}

void WorkloadFollow::on(Replica& replica, const wire::Failure& failure)
{
    const bool ofAttach = failure.request == m_request;
    const bool gone = failure.request == 0 && failure.target;
    if (!ofAttach && !gone) {
        wire::Failure ours = failure;
        ours.target = failure.target ? m_target : base::TargetId{};
        m_events.say(std::move(ours), 256);
        return;
    }
    dropLater(
        replica.pod().uid,
        {.what = failure.what, .where = "pod " + replica.pod().name, .advice = failure.advice});
}

void WorkloadFollow::sayAttached()
{
    wire::Attached merged;
    merged.capabilities = ~std::uint64_t{0};
    for (const auto& [uid, replica] : m_replicas) {
        if (!replica->attached)
            continue;
        const wire::Attached& each = *replica->attached;
        merged.interfaces = each.interfaces;
        merged.capabilities &= each.capabilities;
        merged.lacking = each.lacking.empty() ? merged.lacking : each.lacking;
        for (const wire::ListeningPort& port : each.ports) {
            if (std::ranges::find(merged.ports, port.port, &wire::ListeningPort::port)
                == merged.ports.end())
                merged.ports.push_back(port);
        }
    }
    merged.request = m_request;
    merged.target = m_target;
    merged.spec = specOf(m_spec);
    merged.name = m_spec.nameSpace + "/" + m_spec.name;
    m_events.say(std::move(merged), 1'024);
}

void WorkloadFollow::sayPort(std::uint16_t port)
{
    std::vector<PortVoice> voices;
    for (const auto& [uid, replica] : m_replicas) {
        const auto state = replica->ports.find(port);
        if (state != replica->ports.end())
            voices.push_back({replica->pod().name, &state->second});
    }
    if (!voices.empty())
        m_events.say(mergedPort(voices), 512);
}

void WorkloadFollow::sayTelemetry(const Replica& from)
{
    std::vector<const wire::Telemetry*> samples;
    for (const auto& [uid, replica] : m_replicas) {
        // Once a second, with the first that talks, for all of them.
        if (samples.empty() && replica->telemetry && replica.get() != &from)
            return;
        if (replica->telemetry)
            samples.push_back(&*replica->telemetry);
    }
    m_events.say(mergedTelemetry(samples, m_ended), 512);
}

void WorkloadFollow::sayTraffic(const Replica& from)
{
    Traffic sum;
    bool first = true;
    for (const auto& [uid, replica] : m_replicas) {
        if (!replica->traffic)
            continue;
        if (std::exchange(first, false) && replica.get() != &from)
            return;
        sum.bytesIn += replica->traffic->bytesIn;
        sum.bytesOut += replica->traffic->bytesOut;
        sum.queued += replica->traffic->queued;
        sum.roundTripMicroseconds =
            std::max(sum.roundTripMicroseconds, replica->traffic->roundTripMicroseconds);
    }
    m_events.say(sum, 256);
}

// Once attached: live while any pod is followed.
void WorkloadFollow::sayState()
{
    if (!m_announced)
        return;
    StateChanged change;
    const std::string name = m_spec.kind + "/" + m_spec.name;
    if (const std::size_t count = attachedCount(); count > 0) {
        change.state = State::Live;
        change.detail = name + " in " + m_spec.nameSpace + ": " + std::to_string(count) + " of "
                        + std::to_string(m_pods.size()) + (m_pods.size() == 1 ? " pod" : " pods");
    } else {
        change.state = State::Reconnecting;
        change.detail = "as soon as a pod of " + name + " runs";
        change.error = {.what = m_lastLoss.empty() ? why() : m_lastLoss,
                        .where = name + " in " + m_spec.nameSpace,
                        .advice = {},
                        .lasting = base::Lasting::Transient};
    }
    std::string told = change.detail + change.error.what;
    if (std::exchange(m_toldState, told) != told)
        m_events.say(std::move(change), 256);
}

void WorkloadFollow::sayStep(StepState state, std::string text, std::string detail)
{
    m_events.say(Step{.id = ownSteps + m_lastStep++,
                      .state = state,
                      .text = std::move(text),
                      .detail = std::move(detail),
                      .milliseconds = 0},
                 256);
}

} // namespace podglass::session
