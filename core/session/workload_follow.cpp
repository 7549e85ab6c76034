// SPDX-License-Identifier: Apache-2.0
// Which pods a workload has, and which of them have a replica. What replicas say is in
// workload_updates.cpp.
#include "core/session/workload_follow.h"

#include "core/base/limits.h"

#include <algorithm>

namespace podglass::session {

namespace {

constexpr unsigned longestWait = 30;

// NAME-<digits>, as the CronJob controller calls its jobs.
bool isJobOf(const std::string& job, const std::string& cron)
{
    if (!job.starts_with(cron + "-"))
        return false;
    const std::string_view tail = std::string_view(job).substr(cron.size() + 1);
    return tail.size() >= 8 && tail.find_first_not_of("0123456789") == std::string_view::npos;
}

bool runs(const kubernetes::Pod& pod)
{
    return pod.phase == "Running" && !pod.deleting && !pod.node.empty()
           && std::ranges::any_of(
               pod.containers, [](const auto& each) { return each.running && !each.id.empty(); });
}

} // namespace

WorkloadFollow::WorkloadFollow(io::Loop& loop,
                               const ClusterSetup& setup,
                               std::uint32_t request,
                               WorkloadSpec spec,
                               base::TargetId target,
                               ReplicaIds& ids,
                               WorkloadEvents events)
    : m_loop(loop)
    , m_setup(setup)
    , m_request(request)
    , m_spec(std::move(spec))
    , m_target(target)
    , m_ids(ids)
    , m_events(std::move(events))
    , m_cluster(std::make_unique<kubernetes::Cluster>(
          loop,
          setup.access,
          std::vector<std::string>{m_spec.nameSpace},
          [this](kubernetes::Delta delta) { onCluster(std::move(delta)); }))
{
    m_events.say(
        Step{.id = 4'000'000'000U,
             .text = "pods of " + m_spec.kind + "/" + m_spec.name + " in " + m_spec.nameSpace,
             .detail = {}},
        256);
}

WorkloadFollow::~WorkloadFollow()
{
    m_loop.cancel(m_sweep);
    for (const auto& [uid, timer] : m_waiting)
        m_loop.cancel(timer);
}

bool WorkloadFollow::matches(const kubernetes::Pod& pod) const
{
    if (pod.nameSpace != m_spec.nameSpace)
        return false;
    if (m_spec.kind == "pod")
        return pod.name == m_spec.name;
    if (m_spec.kind == "cronjob")
        return pod.owner.kind == "job" && isJobOf(pod.owner.name, m_spec.name);
    return pod.owner.kind == m_spec.kind && pod.owner.name == m_spec.name;
}

void WorkloadFollow::onCluster(kubernetes::Delta delta)
{
    if (m_over)
        return;
    for (kubernetes::Pod& pod : delta.pods) {
        if (matches(pod))
            m_pods.insert_or_assign(pod.uid, std::move(pod));
    }
    for (const std::string& uid : delta.gone)
        m_pods.erase(uid);
    m_following = delta.following;
    const bool stopped = delta.following == kubernetes::Following::Stopped;
    if (stopped && !m_announced) {
        m_over = true;
        m_events.end(delta.error);
        return;
    }
    if (stopped || delta.following == kubernetes::Following::Waiting)
        sayStep(StepState::Warning, delta.error.text());
    settle();
}

void WorkloadFollow::settle()
{
    std::vector<Key> gone;
    for (const auto& [uid, replica] : m_replicas) {
        if (!m_pods.contains(uid))
            gone.push_back(uid);
    }
    for (const Key& uid : gone)
        drop(uid, "pod " + m_replicas.at(uid)->pod().name + " is gone");

    const bool anyReady = std::ranges::any_of(
        m_pods, [](const auto& entry) { return entry.second.ready && runs(entry.second); });
    std::vector<const kubernetes::Pod*> candidates;
    for (const auto& [uid, pod] : m_pods) {
        if (runs(pod) && (pod.ready || !anyReady) && !m_replicas.contains(uid)
            && !m_waiting.contains(uid) && (m_announced || !m_failed.contains(uid)))
            candidates.push_back(&pod);
    }
    std::ranges::sort(candidates, {}, [](const auto* pod) { return pod->name; });
    for (const kubernetes::Pod* pod : candidates) {
        if (m_replicas.size() >= limits::attachedReplicas) {
            sayStep(StepState::Warning,
                    "pod " + pod->name + " is not attached: "
                        + std::to_string(limits::attachedReplicas) + " are the most at once");
            break;
        }
        open(*pod);
    }
    const bool complete = m_following == kubernetes::Following::Live;
    if (!m_announced && complete && m_replicas.empty() && m_waiting.empty()) {
        m_over = true;
        if (!m_failed.empty()) { // pods there are, but no agent came to them
            m_events.end(m_failure);
            return;
        }
        m_events.end(
            {.what = why(),
             .where = m_spec.kind + "/" + m_spec.name + " in namespace " + m_spec.nameSpace,
             .advice = "choose another target, or try again when it runs"});
        return;
    }
    sayState();
}

std::string WorkloadFollow::why() const
{
    if (m_pods.empty())
        return "it has no pods";
    std::string words;
    for (const auto& [uid, pod] : m_pods) {
        std::string trouble = pod.deleting ? "is being deleted" : "is " + pod.phase;
        for (const auto& container : pod.containers) {
            if (!container.trouble.empty())
                trouble += " (" + container.name + ": " + container.trouble + ")";
        }
        words += (words.empty() ? "" : ", ") + pod.name + " " + trouble;
        if (words.size() > 400)
            return words + ", …";
    }
    return "none of its pods runs: " + words;
}

void WorkloadFollow::open(const kubernetes::Pod& pod)
{
    const Key uid = pod.uid;
    if (m_numbers == 0)
        m_events.say(Step{.id = 4'000'000'000U,
                          .state = StepState::Done,
                          .text = m_spec.kind + "/" + m_spec.name + " in " + m_spec.nameSpace
                                  + " has " + std::to_string(m_pods.size())
                                  + (m_pods.size() == 1 ? " pod" : " pods"),
                          .detail = {}},
                     256);
    auto replica =
        std::make_unique<Replica>(m_loop, m_setup, pod, ++m_numbers, [this, uid] { take(uid); });
    if (m_announced)
        replica->missedSince = base::wallClock();
    Replica& opened = *replica;
    m_replicas.emplace(uid, std::move(replica));
    opened.engine().attach(m_request, opened.spec());
    opened.engine().connect();
}

void WorkloadFollow::drop(const Key& uid, const std::string& why)
{
    const auto found = m_replicas.find(uid);
    if (found == m_replicas.end())
        return;
    if (found->second->telemetry)
        addCounters(m_ended, *found->second->telemetry);
    const bool wasAttached = found->second->attached.has_value();
    std::vector<std::uint16_t> ports;
    for (const auto& [port, state] : found->second->ports)
        ports.push_back(port);
    for (const std::uint64_t held : found->second->held)
        m_events.say(HeldOver{ours(*found->second, held), why}, 256);
    m_lastLoss = why;
    if (wasAttached)
        sayStep(StepState::Warning, why);
    m_replicas.erase(found);
    for (const std::uint16_t port : ports)
        sayPort(port);
}

// From inside what a replica said: it is dropped when that was heard.
void WorkloadFollow::dropLater(const Key& uid, base::Error error)
{
    m_toDrop.insert(uid);
    m_failure = std::move(error);
    m_loop.cancel(m_sweep);
    m_sweep = m_loop.after({}, [this] {
        for (const Key& each : std::exchange(m_toDrop, {})) {
            drop(each, m_failure.text());
            retryLater(each);
        }
        settle();
    });
}

// The pod may still be there: its agent failed, or its sandbox was made anew.
void WorkloadFollow::retryLater(const Key& uid)
{
    if (!m_announced) {
        m_failed.insert(uid);
        return;
    }
    const unsigned failures = m_failures[uid]++;
    const auto wait = std::chrono::seconds(std::min(1U << std::min(failures, 5U), longestWait));
    m_waiting[uid] = m_loop.after(wait, [this, uid] {
        m_waiting.erase(uid);
        settle();
    });
}

void WorkloadFollow::listRules(std::uint32_t request)
{
    for (auto& [uid, replica] : m_replicas) {
        if (!replica->attached)
            continue;
        replica->engine().listRules(request, replica->attached->target);
        return;
    }
}

void WorkloadFollow::setPort(const wire::SetPort& wanted)
{
    m_ports[wanted.port] = {wanted, m_numbers};
    for (auto& [uid, replica] : m_replicas) {
        replica->mirroredOnly.erase(wanted.port);
        if (!replica->attached)
            continue;
        wire::SetPort theirs = wanted;
        theirs.target = replica->attached->target;
        replica->engine().setPort(std::move(theirs));
    }
    if (wanted.mode == wire::Mode::Off)
        m_ports.erase(wanted.port);
}

void WorkloadFollow::setTls(const wire::SetTls& wanted)
{
    for (auto& [uid, replica] : m_replicas) {
        if (!replica->attached)
            continue;
        wire::SetTls theirs = wanted;
        theirs.target = replica->attached->target;
        replica->engine().setTls(std::move(theirs));
    }
}

void WorkloadFollow::endOld(std::uint32_t request, std::uint16_t port)
{
    for (auto& [uid, replica] : m_replicas)
        if (replica->attached)
            replica->engine().endOld(request, replica->attached->target, port);
}

void WorkloadFollow::setDelivery(const wire::SetDelivery& wanted)
{
    m_deliveries[wanted.port] = wanted;
    for (auto& [uid, replica] : m_replicas) {
        if (!replica->attached)
            continue;
        wire::SetDelivery theirs = wanted;
        theirs.target = replica->attached->target;
        replica->engine().setDelivery(theirs);
    }
}

void WorkloadFollow::setTaker(std::uint16_t port, const Taker& taker)
{
    m_takers[port] = taker;
    for (auto& [uid, replica] : m_replicas) {
        if (replica->attached)
            replica->engine().setTaker(replica->attached->target, port, taker);
    }
}

bool WorkloadFollow::release(std::uint64_t held, const Release& release)
{
    for (auto& [uid, replica] : m_replicas) {
        for (const std::uint64_t theirs : replica->held) {
            if (ours(*replica, theirs) != held)
                continue;
            replica->engine().release(theirs, release);
            return true;
        }
    }
    return false;
}

void WorkloadFollow::applyWishes(Replica& replica)
{
    const base::TargetId target = replica.attached->target;
    for (const auto& [port, taker] : m_takers)
        replica.engine().setTaker(target, port, taker);
    for (const auto& [port, delivery] : m_deliveries) {
        wire::SetDelivery wanted = delivery;
        wanted.target = target;
        replica.engine().setDelivery(wanted);
    }
    for (const auto& [port, wish] : m_ports) {
        wire::SetPort wanted = wish.wanted;
        wanted.target = target;
        if (wanted.mode == wire::Mode::Steal && replica.number() > wish.asked) {
            wanted.mode = wire::Mode::Mirror;
            replica.mirroredOnly.insert(port);
        }
        replica.engine().setPort(std::move(wanted));
    }
}

void WorkloadFollow::leave(const std::function<void()>& done)
{
    auto left = std::make_shared<std::size_t>(m_replicas.size());
    if (*left == 0) {
        done();
        return;
    }
    for (auto& [uid, replica] : m_replicas)
        replica->engine().leave([left, done] {
            if (--*left == 0)
                done();
        });
}

std::size_t WorkloadFollow::attachedCount() const
{
    return static_cast<std::size_t>(std::ranges::count_if(
        m_replicas, [](const auto& entry) { return entry.second->attached.has_value(); }));
}

} // namespace podglass::session
