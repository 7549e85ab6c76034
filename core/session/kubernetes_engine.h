// SPDX-License-Identifier: Apache-2.0
// KubernetesEngine: a session with a cluster. There is no agent until something is attached, so it
// asks before it does what only the kubeconfig knows of (consent.h), greets by itself (wire::Hello
// with the context as host), lists workloads as targets, and keeps a WorkloadFollow for each that
// is attached.
//
// At connect and at attach it deletes what earlier sessions of this user on this machine left
// behind and nobody uses any more. Thread: the loop's.
#pragma once

#include "core/kubernetes/cluster.h"
#include "core/kubernetes/consent.h"
#include "core/session/outbox.h"
#include "core/session/worker.h"
#include "core/session/workload_follow.h"

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace podglass::session {

class KubernetesEngine : public Worker
{
public:
    KubernetesEngine(io::Loop& loop, const Options& options, Updates& updates);
    ~KubernetesEngine() override;

    void connect() override;
    void disconnect() override;
    void listTargets(std::uint32_t request) override;
    void attach(std::uint32_t request, std::string spec) override;
    void detach(base::TargetId target) override;
    void listRules(std::uint32_t request, base::TargetId target) override;
    void setPort(wire::SetPort wanted) override;
    void setTls(wire::SetTls wanted) override;
    void endOld(std::uint32_t request, base::TargetId target, std::uint16_t port) override;
    void setDelivery(wire::SetDelivery wanted) override;
    void setTaker(base::TargetId target, std::uint16_t port, Taker taker) override;
    void release(std::uint64_t held, const Release& release) override;
    void answer(std::uint32_t prompt, std::optional<std::string> text) override;
    void leave(std::function<void()> done) override;

private:
    void onContexts(const base::Result<std::vector<kubernetes::Context>>& contexts);
    void useContext(const kubernetes::Context& context);
    void askNext();
    void reach();
    void onVersion(const std::string& answer);
    void live();
    void fail(base::Error error);
    void sweep(const std::string& nameSpace);
    void onCluster(kubernetes::Delta delta);
    void answerLists();
    void attachEnded(base::TargetId target, std::uint32_t request, const base::Error& error);
    void sayLive();
    void say(State state, std::string detail, base::Error error = {});
    void step(std::uint32_t id, StepState state, std::string text, std::string detail = {});
    void clear();

    io::Loop& m_loop;
    ClusterSetup m_setup;
    bool m_trusted; // nothing is asked
    kubernetes::Context m_context;
    kubernetes::Consents m_consents;
    std::deque<kubernetes::ConsentQuestion> m_questions; // the first one is asked
    std::set<std::string> m_allowed;                     // by key, in this session
    std::uint32_t m_lastPrompt = 0;
    Updates& m_updates;
    Outbox m_outbox;
    bool m_live = false;
    std::unique_ptr<kubernetes::KubectlRun> m_run;   // what connecting waits for
    std::unique_ptr<kubernetes::KubectlRun> m_sweep; // leftovers
    std::string m_version;
    std::uint32_t m_lastStep = 0;

    std::unique_ptr<kubernetes::Cluster> m_cluster; // while targets are listed
    std::map<std::string, kubernetes::Pod> m_pods;
    std::map<std::string, kubernetes::Workload> m_workloads;
    std::map<std::string, kubernetes::AgentUse> m_agents;
    std::vector<kubernetes::Refusal> m_refused;
    kubernetes::Following m_following = kubernetes::Following::Listing;
    base::Error m_clusterError;
    std::vector<std::uint32_t> m_lists; // requests that wait

    ReplicaIds m_ids;
    std::map<std::string, base::TargetId> m_targets; // by spec, for good
    std::map<base::TargetId, std::unique_ptr<WorkloadFollow>> m_follows;
    std::vector<std::pair<std::uint32_t, std::string>> m_waiting; // attaches before we are live
};

} // namespace podglass::session
