// SPDX-License-Identifier: Apache-2.0
// Listing and attaching. How the cluster is reached is in kubernetes_connect.cpp.
#include "core/session/kubernetes_engine.h"

#include "core/base/limits.h"
#include "core/base/wipe.h"
#include "core/kubernetes/agent_pod.h"
#include "core/session/cluster_targets.h"
#include "core/session/road_command.h"

#include <algorithm>

namespace podglass::session {

namespace {

using kubernetes::KubectlError;

constexpr std::uint32_t warningSteps = 1'000;

} // namespace

KubernetesEngine::KubernetesEngine(io::Loop& loop, const Options& options, Updates& updates)
    : m_loop(loop)
    , m_setup{.access = accessOf(options.road),
              .owner = kubernetes::makeOwnership(),
              .road = options.road.cluster,
              .clientName = options.clientName}
    , m_trusted(options.trustKubeconfig)
    , m_updates(updates)
    , m_outbox(loop, updates, [this] {
        for (auto& [target, follow] : m_follows)
            follow->resume();
    })
{}

KubernetesEngine::~KubernetesEngine() = default;

// Pods that only we made and nobody uses. A refusal is no matter: they end by themselves.
void KubernetesEngine::sweep(const std::string& nameSpace)
{
    const std::string where =
        nameSpace.empty() ? "/api/v1/pods" : "/api/v1/namespaces/" + nameSpace + "/pods";
    m_sweep = std::make_unique<kubernetes::KubectlRun>(
        m_loop,
        kubernetes::KubectlSetup{
            .access = m_setup.access,
            .arguments = {"get",
                          "--raw",
                          where + "?limit=500&labelSelector=" + std::string(kubernetes::ownerLabel)
                              + "%3D" + m_setup.owner.owner},
            .doing = "look for what earlier sessions left behind",
            .input = {}},
        [this](const std::string& answer, std::optional<KubectlError> error) {
            const auto done = std::move(m_sweep);
            const auto found = error ? std::vector<kubernetes::Leftover>()
                                     : kubernetes::leftoversIn(answer, kubernetes::processIsGone);
            for (const auto& each : found) {
                kubernetes::deletePod(m_setup.access, each.nameSpace, each.name);
                step(warningSteps + ++m_lastStep,
                     StepState::Done,
                     "removed what an earlier session left: pod " + each.nameSpace + "/"
                         + each.name);
            }
            if (m_cluster && m_following != kubernetes::Following::Listing)
                answerLists();
        });
}

void KubernetesEngine::listTargets(std::uint32_t request)
{
    if (request != 0)
        m_lists.push_back(request);
    if (!m_live)
        return;
    if (m_cluster && m_following == kubernetes::Following::Live) {
        answerLists();
        return;
    }
    if (m_cluster && m_following == kubernetes::Following::Listing)
        return;
    m_pods.clear();
    m_workloads.clear();
    m_agents.clear();
    m_refused.clear();
    m_following = kubernetes::Following::Listing;
    std::vector<std::string> scope;
    if (!m_setup.road.nameSpace.empty())
        scope.push_back(m_setup.road.nameSpace);
    m_cluster = std::make_unique<kubernetes::Cluster>(
        m_loop, m_setup.access, std::move(scope), [this](kubernetes::Delta delta) {
            onCluster(std::move(delta));
        });
}

void KubernetesEngine::onCluster(kubernetes::Delta delta)
{
    for (auto& pod : delta.pods)
        m_pods.insert_or_assign(pod.uid, std::move(pod));
    for (const auto& uid : delta.gone)
        m_pods.erase(uid);
    for (auto& workload : delta.workloads)
        m_workloads.insert_or_assign(workload.spec(), std::move(workload));
    for (const auto& spec : delta.goneWorkloads)
        m_workloads.erase(spec);
    for (auto& use : delta.agents)
        m_agents.insert_or_assign(use.uid, std::move(use));
    for (const auto& uid : delta.goneAgents)
        m_agents.erase(uid);
    m_refused.insert(m_refused.end(), delta.refused.begin(), delta.refused.end());
    m_following = delta.following;
    m_clusterError = std::move(delta.error);
    if (m_following != kubernetes::Following::Listing)
        answerLists();
}

void KubernetesEngine::answerLists()
{
    if (m_sweep) // who only lists must not leave before what was left is removed
        return;
    const bool nothing = m_following != kubernetes::Following::Live && !m_clusterError.what.empty();
    wire::TargetList list;
    list.targets = clusterTargets(
        m_workloads, m_pods, m_agents, base::wallClock().nanoseconds / 1'000'000'000);
    for (const auto& refusal : m_refused)
        list.note += (list.note.empty() ? "" : "; ") + ("no right to " + text(refusal));
    if (!m_refused.empty())
        list.note +=
            "; name a namespace that you may see: k8s/" + m_setup.access.context + "/NAMESPACE";
    if (!nothing && !m_clusterError.what.empty())
        list.note += (list.note.empty() ? "" : "; ") + m_clusterError.what;
    for (const std::uint32_t request : std::exchange(m_lists, {})) {
        if (nothing && list.targets.empty()) {
            m_outbox.push(wire::Failure{.request = request,
                                        .target = {},
                                        .what = m_clusterError.what,
                                        .where = m_clusterError.where,
                                        .advice = m_clusterError.advice});
            continue;
        }
        wire::TargetList answer = list;
        answer.request = request;
        m_outbox.push(std::move(answer), 256 + 256 * list.targets.size());
    }
}

void KubernetesEngine::attach(std::uint32_t request, std::string spec)
{
    const auto workload = workloadSpecFrom(spec);
    if (!workload) {
        m_outbox.push(wire::Failure{.request = request,
                                    .target = {},
                                    .what = "that is no target of a cluster",
                                    .where = "attach to " + spec,
                                    .advice = "write it as k8s:NAMESPACE/KIND/NAME"});
        return;
    }
    if (!m_live) {
        m_waiting.emplace_back(request, std::move(spec));
        return;
    }
    m_cluster.reset(); // one kubectl less; listing again begins anew
    const base::TargetId target =
        m_targets.try_emplace(specOf(*workload), base::TargetId{m_targets.size() + 1})
            .first->second;
    say(State::Connecting, {});
    if (!m_setup.road.agentNamespace.empty() || !m_sweep)
        sweep(m_setup.road.agentNamespace.empty() ? workload->nameSpace
                                                  : m_setup.road.agentNamespace);
    m_follows[target] = std::make_unique<WorkloadFollow>(
        m_loop,
        m_setup,
        request,
        *workload,
        target,
        m_ids,
        WorkloadEvents{.say = [this](Update update,
                                     std::size_t cost) { m_outbox.push(std::move(update), cost); },
                       .blocked = [this] { return m_outbox.blocked(); },
                       .end =
                           [this, target, request](const base::Error& error) {
                               attachEnded(target, request, error);
                           }});
}

void KubernetesEngine::attachEnded(base::TargetId target,
                                   std::uint32_t request,
                                   const base::Error& error)
{
    // The cluster is fine: the next act is to choose another target.
    sayLive();
    m_outbox.push(wire::Failure{.request = request,
                                .target = {},
                                .what = error.what,
                                .where = error.where,
                                .advice = error.advice});
    m_loop.after({}, [this, target] { m_follows.erase(target); });
}

void KubernetesEngine::detach(base::TargetId target)
{
    m_follows.erase(target);
}

void KubernetesEngine::listRules(std::uint32_t request, base::TargetId target)
{
    if (const auto found = m_follows.find(target); found != m_follows.end())
        found->second->listRules(request);
}

void KubernetesEngine::setPort(wire::SetPort wanted)
{
    if (const auto found = m_follows.find(wanted.target); found != m_follows.end())
        found->second->setPort(wanted);
}

void KubernetesEngine::setTls(wire::SetTls wanted)
{
    if (const auto found = m_follows.find(wanted.target); found != m_follows.end())
        found->second->setTls(wanted);
    base::wipe(wanted.key);
}

void KubernetesEngine::endOld(std::uint32_t request, base::TargetId target, std::uint16_t port)
{
    if (const auto found = m_follows.find(target); found != m_follows.end())
        found->second->endOld(request, port);
}

void KubernetesEngine::setDelivery(wire::SetDelivery wanted)
{
    if (const auto found = m_follows.find(wanted.target); found != m_follows.end())
        found->second->setDelivery(wanted);
}

void KubernetesEngine::setTaker(base::TargetId target, std::uint16_t port, Taker taker)
{
    if (const auto found = m_follows.find(target); found != m_follows.end())
        found->second->setTaker(port, taker);
}

void KubernetesEngine::release(std::uint64_t held, const Release& release)
{
    for (auto& [target, follow] : m_follows) {
        if (follow->release(held, release))
            return;
    }
    m_outbox.push(HeldOver{held, "its pod is gone"});
}

void KubernetesEngine::clear()
{
    m_run.reset();
    m_questions.clear();
    m_sweep.reset();
    m_cluster.reset();
    m_follows.clear();
    m_waiting.clear();
    m_lists.clear();
    m_live = false;
}

void KubernetesEngine::disconnect()
{
    clear();
    say(State::Disconnected, {});
}

void KubernetesEngine::leave(std::function<void()> done)
{
    auto left = std::make_shared<std::size_t>(m_follows.size());
    if (*left == 0) {
        done();
        return;
    }
    for (auto& [target, follow] : m_follows)
        follow->leave([left, done] {
            if (--*left == 0)
                done();
        });
}

void KubernetesEngine::say(State state, std::string detail, base::Error error)
{
    m_outbox.push(StateChanged{state, std::move(detail), std::move(error)});
}

void KubernetesEngine::step(std::uint32_t id, StepState state, std::string text, std::string detail)
{
    m_outbox.push(Step{.id = id,
                       .state = state,
                       .text = std::move(text),
                       .detail = std::move(detail),
                       .milliseconds = 0});
}

} // namespace podglass::session
