// SPDX-License-Identifier: Apache-2.0
// KubernetesCarrier: a place for an agent, and `kubectl exec -i` into it, whose stdin and stdout
// are the stream. The place is an ephemeral container of the target's pod (agent_container.h) or,
// where there can be none, a pod on its node (agent_pod.h); the steps say which and why. It is made
// when there is none, and stays for the next carrier of the same replica; who owns the AgentPlace
// has a pod deleted, a container ends by itself.
//
// Why exec: the API server authenticates both ends, so the agent listens nowhere and no key has to
// be brought to it. Why not attach: what the first process of a container writes ends up in the
// node's log files, and captured traffic has no place there.
// Thread: the loop's.
#pragma once

#include "core/kubernetes/kubectl.h"
#include "core/kubernetes/objects.h"
#include "core/kubernetes/ownership.h"
#include "core/session/carrier.h"
#include "core/session/child_words.h"

#include <memory>

namespace podglass::session {

// What all replicas of a session have in common.
struct ClusterSetup
{
    kubernetes::Access access;
    kubernetes::Ownership owner;
    ClusterRoad road;
    std::string clientName;
    std::string withoutContainers{}; // why this cluster has no ephemeral ones; empty: it has
};

// Where the agent of one replica is. Deletes its pod at the end of its life, by a kubectl that
// outlives us.
class AgentPlace
{
public:
    AgentPlace(const ClusterSetup& setup, kubernetes::Pod target);
    AgentPlace(const AgentPlace&) = delete;
    AgentPlace& operator=(const AgentPlace&) = delete;
    ~AgentPlace();

    // Asks for its deletion and forgets it.
    void abandon();

    [[nodiscard]] bool made() const { return !pod.empty() || inside(); }

    [[nodiscard]] bool inside() const { return !container.empty(); }

    // "agent pod tools/podglass-agent-x", "container podglass-s-x of pod shop/checkout"
    [[nodiscard]] std::string name() const;

    // The pod that it is in, or is.
    [[nodiscard]] const std::string& podName() const { return inside() ? target.name : pod; }

    [[nodiscard]] const std::string& podSpace() const
    {
        return inside() ? target.nameSpace : nameSpace;
    }

    const ClusterSetup& setup;
    const kubernetes::Pod target;
    std::string nameSpace; // of an agent's pod
    std::string pod;       // empty: none yet
    std::string container; // in the target's pod; empty: none
    bool ran = false;      // the container, at least once
    bool reuseTried = false;
    std::string notInside; // why there is to be no container; empty: that is tried first
};

class KubernetesCarrier : public Carrier
{
public:
    KubernetesCarrier(io::Loop& loop, AgentPlace& place, CarrierEvents events);
    ~KubernetesCarrier() override;

    void open() override;

    [[nodiscard]] int in() const override { return m_child ? m_child->output.get() : -1; }

    [[nodiscard]] int out() const override { return m_child ? m_child->input.get() : -1; }

    void ended(int error) override;

    void answer(std::uint32_t /*prompt*/, std::optional<std::string> /*text*/) override {}

    [[nodiscard]] std::string words() const override { return m_words.last(); }

    // A container of the target's pod is where the target is.
    [[nodiscard]] std::string specThere(std::string spec) const override
    {
        return m_place.inside() ? "self" : spec;
    }

private:
    void make();
    void inject();
    void goOutside(std::string why);
    void create();
    void await();
    void onState(std::string_view line);
    void giveUpPlace(const kubernetes::KubectlError& error);
    void execute();
    void finish();
    void fail(const kubernetes::KubectlError& error);
    [[nodiscard]] Loss judge();
    void stepBegin(const std::string& text);
    void stepEnd(StepState state, const std::string& text, const std::string& detail = {});

    io::Loop& m_loop;
    AgentPlace& m_place;
    CarrierEvents m_events;
    std::unique_ptr<kubernetes::KubectlRun> m_run; // inject, create, await
    std::optional<kubernetes::KubectlError> m_trouble;
    bool m_running = false;
    std::string m_line;               // of the watch
    std::optional<io::Child> m_child; // exec
    ChildWords m_words;
    std::optional<Loss> m_reported;
    io::Loop::TimerId m_timer;
    bool m_ending = false;
    std::uint32_t m_step = 0;
    base::Instant m_stepBegun;
};

// How a failure of kubectl counts for trying again.
Fault faultOf(kubernetes::Trouble trouble);

} // namespace podglass::session
