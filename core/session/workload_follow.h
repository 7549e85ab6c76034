// SPDX-License-Identifier: Apache-2.0
// WorkloadFollow: an attached workload. Watches which pods it has, keeps a replica for each that
// runs (limits::attachedReplicas at most), and makes one target of them: one Attached, one state a
// port, events of all with ids that do not collide.
//
// A pod that goes takes its agent with it; a successor is attached as soon as it runs, and a Break
// says from when to when its traffic was not seen. Stealing does not come back by itself: what was
// stolen before a pod came is only mirrored there, and its PortState says so.
// Contract: `say` and `end` come from the loop; the object must not be destroyed inside them.
// Thread: the loop's.
#pragma once

#include "core/kubernetes/cluster.h"
#include "core/session/kubernetes_address.h"
#include "core/session/replica.h"
#include "core/session/replica_merge.h"

#include <functional>
#include <map>
#include <memory>
#include <set>

namespace podglass::session {

struct WorkloadEvents
{
    std::function<void(Update, std::size_t cost)> say;
    std::function<bool()> blocked; // nothing is taken while this is true; then call resume()
    // The first attach failed for good.
    std::function<void(base::Error)> end;
};

class WorkloadFollow
{
public:
    WorkloadFollow(io::Loop& loop,
                   const ClusterSetup& setup,
                   std::uint32_t request,
                   WorkloadSpec spec,
                   base::TargetId target,
                   ReplicaIds& ids,
                   WorkloadEvents events);
    WorkloadFollow(const WorkloadFollow&) = delete;
    WorkloadFollow& operator=(const WorkloadFollow&) = delete;
    ~WorkloadFollow();

    // Of the first pod by uid; the answer's notes name it if there are several.
    void listRules(std::uint32_t request);
    void setPort(const wire::SetPort& wanted);
    // Of the pods that are attached now: those that come later are only mirrored.
    void setTls(const wire::SetTls& wanted);
    void endOld(std::uint32_t request, std::uint16_t port);
    void setDelivery(const wire::SetDelivery& wanted);
    void setTaker(std::uint16_t port, const Taker& taker);
    // False: not one of ours.
    bool release(std::uint64_t held, const Release& release);
    void resume();
    // Each engine says goodbye; `done` once for all.
    void leave(const std::function<void()>& done);

private:
    struct PortWish
    {
        wire::SetPort wanted;
        std::uint32_t asked = 0; // replicas with a greater number came later
    };

    using Key = std::string; // the pod's uid

    void onCluster(kubernetes::Delta delta);
    [[nodiscard]] bool matches(const kubernetes::Pod& pod) const;
    void settle();
    void open(const kubernetes::Pod& pod);
    void drop(const Key& uid, const std::string& why);
    void dropLater(const Key& uid, base::Error error);
    void retryLater(const Key& uid);
    void take(const Key& uid);
    void on(Replica& replica, Update& update);
    bool onHeld(Replica& replica, Update& update);
    [[nodiscard]] std::uint64_t ours(const Replica& replica, std::uint64_t held) const;
    void on(Replica& replica, const StateChanged& change);
    void on(Replica& replica, wire::Attached& attached);
    void on(Replica& replica, wire::PortState& state);
    void on(Replica& replica, const wire::Failure& failure);
    void applyWishes(Replica& replica);
    void sayState();
    void sayPort(std::uint16_t port);
    void sayAttached();
    void sayTelemetry(const Replica& from);
    void sayTraffic(const Replica& from);
    void sayStep(StepState state, std::string text, std::string detail = {});
    [[nodiscard]] std::string why() const;
    [[nodiscard]] std::size_t attachedCount() const;

    io::Loop& m_loop;
    const ClusterSetup& m_setup;
    std::uint32_t m_request;
    WorkloadSpec m_spec;
    base::TargetId m_target;
    ReplicaIds& m_ids;
    WorkloadEvents m_events;
    std::map<Key, kubernetes::Pod> m_pods; // that match
    std::map<Key, std::unique_ptr<Replica>> m_replicas;
    std::map<Key, unsigned> m_failures;
    std::map<Key, io::Loop::TimerId> m_waiting; // not before
    std::set<Key> m_toDrop;
    std::set<Key> m_failed; // before anything was attached: a person is watching, no second try
    base::Error m_failure;
    std::map<std::uint16_t, PortWish> m_ports;
    std::map<std::uint16_t, wire::SetDelivery> m_deliveries;
    std::map<std::uint16_t, Taker> m_takers;
    wire::Telemetry m_ended;
    kubernetes::Following m_following = kubernetes::Following::Listing;
    std::string m_lastLoss;
    std::string m_toldState;
    std::uint32_t m_numbers = 0;
    std::uint32_t m_lastStep = 0;
    bool m_announced = false; // Attached was said
    bool m_over = false;
    io::Loop::TimerId m_sweep;
    std::unique_ptr<kubernetes::Cluster> m_cluster;
};

} // namespace podglass::session
