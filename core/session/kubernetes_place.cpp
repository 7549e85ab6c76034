// SPDX-License-Identifier: Apache-2.0
// Where a replica's agent goes: a container of the target's pod, or a pod on its node.
#include "core/kubernetes/agent_container.h"
#include "core/kubernetes/agent_pod.h"
#include "core/session/kubernetes_carrier.h"

#include <algorithm>

namespace podglass::session {

namespace {

using kubernetes::KubectlError;
using kubernetes::KubectlSetup;
using kubernetes::Trouble;

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

// Whose processes a container beside it may see; none runs: the name of the first.
std::string containerToJoin(const kubernetes::Pod& pod)
{
    const auto running =
        std::ranges::find_if(pod.containers, [](const auto& each) { return each.running; });
    if (running != pod.containers.end())
        return running->name;
    return pod.containers.empty() ? std::string() : pod.containers.front().name;
}

std::string whyNotInside(const ClusterSetup& setup)
{
    if (!setup.road.agentNamespace.empty())
        return "the address names a namespace for pods (agents-in)";
    if (setup.road.nodePod)
        return "the address asks for a pod (node-pod)";
    return setup.withoutContainers;
}

} // namespace

AgentPlace::AgentPlace(const ClusterSetup& clusterSetup, kubernetes::Pod targetPod)
    : setup(clusterSetup)
    , target(std::move(targetPod))
    , nameSpace(setup.road.agentNamespace.empty() ? target.nameSpace : setup.road.agentNamespace)
    , notInside(whyNotInside(clusterSetup))
{}

AgentPlace::~AgentPlace()
{
    abandon();
}

std::string AgentPlace::name() const
{
    return inside() ? "container " + container + " of pod " + target.nameSpace + "/" + target.name
                    : "agent pod " + nameSpace + "/" + pod;
}

void AgentPlace::abandon()
{
    container.clear();
    if (pod.empty())
        return;
    const std::string name = std::exchange(pod, {});
    kubernetes::deletePod(setup.access, nameSpace, name);
}

void KubernetesCarrier::make()
{
    if (m_place.notInside.empty())
        inject();
    else
        goOutside(m_place.notInside);
}

// A container that this user left running is used again: none can be taken out of a pod.
void KubernetesCarrier::inject()
{
    const ClusterSetup& setup = m_place.setup;
    const bool steal = !setup.road.mirrorOnly;
    const std::string prefix = kubernetes::agentContainerPrefix(setup.owner.owner, steal);
    const auto running = std::ranges::find_if(
        m_place.target.agents, [&](const std::string& each) { return each.starts_with(prefix); });
    if (running != m_place.target.agents.end() && !std::exchange(m_place.reuseTried, true)) {
        m_place.container = *running;
        m_place.ran = true;
        await();
        return;
    }
    m_place.container = prefix + kubernetes::randomName(6);
    stepBegin("ephemeral " + m_place.name());
    KubectlSetup run;
    run.access = setup.access;
    run.arguments = kubernetes::agentContainerArguments(m_place.target,
                                                        {.name = m_place.container,
                                                         .image = setup.road.image,
                                                         .target = containerToJoin(m_place.target),
                                                         .steal = steal});
    run.doing = "add a container to pod " + m_place.target.nameSpace + "/" + m_place.target.name;
    run.input = kubernetes::agentContainerSpec(steal);
    m_run = std::make_unique<kubernetes::KubectlRun>(
        m_loop,
        std::move(run),
        [this, steal](const std::string&, std::optional<KubectlError> error) {
            const auto done = std::move(m_run);
            const bool noWay =
                error
                && (error->trouble == Trouble::Network || error->trouble == Trouble::Login
                    || error->trouble == Trouble::Missing);
            if (noWay)
                m_place.container.clear();
            if (noWay) {
                fail(*error);
            } else if (error) {
                goOutside(kubernetes::whyNoAgentContainer(error->error.what)
                          + (error->refusal ? "\n" + error->error.advice : std::string()));
            } else {
                stepEnd(StepState::Done,
                        "ephemeral " + m_place.name(),
                        joined(kubernetes::agentContainerCapabilities(steal))
                            + "; no memory limit can be set on it, and it is listed, ended, until "
                              "the pod goes");
                await();
            }
        });
}

void KubernetesCarrier::goOutside(std::string why)
{
    m_place.container.clear();
    const std::size_t end = std::min(why.find('\n'), why.size());
    stepEnd(StepState::Warning,
            "no ephemeral container: " + why.substr(0, end) + "; using a pod on the node",
            why.substr(std::min(end + 1, why.size())));
    m_place.notInside = std::move(why);
    create();
}

void KubernetesCarrier::create()
{
    const ClusterSetup& setup = m_place.setup;
    const bool steal = !setup.road.mirrorOnly;
    kubernetes::AgentPodWish wish;
    wish.name = "podglass-agent-" + kubernetes::randomName(8);
    wish.nameSpace = m_place.nameSpace;
    wish.node = m_place.target.node;
    wish.image = setup.road.image;
    wish.session = setup.owner.session;
    wish.owner = setup.owner.owner;
    wish.process = setup.owner.process;
    wish.client = setup.clientName;
    wish.target = m_place.target.nameSpace + "/" + m_place.target.name;
    wish.steal = steal;
    const std::string what = "agent pod " + wish.nameSpace + "/" + wish.name;
    stepBegin(what);
    KubectlSetup run;
    run.access = setup.access;
    // The API server checks it anyway; kubectl would fetch megabytes to do so.
    run.arguments = {"create", "-n", wish.nameSpace, "-f", "-", "-o", "name", "--validate=false"};
    run.doing = "create the " + what;
    run.input = kubernetes::agentPodManifest(wish);
    // Named before the answer: if that is lost, it is deleted all the same.
    m_place.pod = wish.name;
    m_run = std::make_unique<kubernetes::KubectlRun>(
        m_loop,
        std::move(run),
        [this, what, steal](const std::string&, std::optional<KubectlError> error) {
            const auto done = std::move(m_run);
            if (error) {
                if (error->trouble != Trouble::Network)
                    m_place.pod.clear();
                fail(*error);
                return;
            }
            stepEnd(StepState::Done,
                    what + " on " + m_place.target.node,
                    joined(kubernetes::agentCapabilities(steal)));
            await();
        });
}

} // namespace podglass::session
