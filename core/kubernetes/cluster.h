// SPDX-License-Identifier: Apache-2.0
// Cluster: what runs in a cluster, followed live through the user's own kubectl (a child process,
// never a shell), so that every way of logging in that works in the user's terminal works here, and
// nothing of the user's credentials is read by us. The kubeconfig is never written.
//
// What contexts there are: contexts.h.
//
// How it follows: a paged list (500 pods a page, so the first rows come at once), then a watch from
// the list's resource version; when the watch ends, it goes on from where it was, or lists again
// and tells what vanished meanwhile. With the right to list pods of all namespaces that is one
// kubectl; without it, one for each namespace of the scope (at most limits::watchedNamespaces), or,
// if the scope names none, for each that can be listed, and a refusal names verb, resource and
// namespace
// (`Refusal`): offer a field to type a namespace and start again with it in the scope.
//
// Contract: `changed` comes from the loop, at most one call per wake-up, and never from inside a
// member function. It may destroy the Cluster as its last act. Errors never end the following by
// themselves: transient ones are retried (1, 2, 4 … 30 s) with `Following::Waiting`, lasting ones
// stop with `Following::Stopped`; both carry the Error to show.
// Thread: the loop's. A window uses ClusterThread (cluster_thread.h): the same on a thread of its
// own with a queue and a descriptor to wait on.
// Memory: at most limits::clusterPods pods are kept; what is beyond is counted in Delta::skipped. A
// change holds limits::clusterChange objects of a kind at most; more come in the next ones.
#pragma once

#include "core/base/result.h"
#include "core/io/loop.h"
#include "core/kubernetes/objects.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace podglass::kubernetes {

// Which kubectl, which configuration. Empty means what the user's shell would take.
struct Access
{
    std::string kubectl = "kubectl"; // looked up in PATH
    std::string kubeconfig;          // empty: KUBECONFIG, then ~/.kube/config
    std::string context;             // empty: the current one
    // What runs a command line on another host, as the last of its arguments: "ssh", "-T", …
    // "--", "bastion". Empty: kubectl runs here. Then kubeconfig is a file of that host.
    std::vector<std::string> through{};

    bool operator==(const Access&) const = default;
};

// What the API server will not let this user do, taken from its words.
struct Refusal
{
    std::string user;
    std::string verb;      // "list"
    std::string resource;  // "pods", "pods/exec"
    std::string group;     // "" is the core group
    std::string nameSpace; // empty: the whole cluster

    bool operator==(const Refusal&) const = default;
};

enum class Following : std::uint8_t
{
    Listing, // pods are still coming
    Live,    // everything is told; changes follow
    Waiting, // lost, tried again soon; `error` says why
    Stopped, // `error` says why; nothing follows
};

struct Delta
{
    std::vector<Pod> pods;                    // new or changed
    std::vector<std::string> gone;            // uids of pods
    std::vector<Workload> workloads;          // new or changed
    std::vector<std::string> goneWorkloads;   // by Workload::spec()
    std::vector<AgentUse> agents;             // new
    std::vector<std::string> goneAgents;      // uids
    std::vector<std::string> namespaces;      // new ones, for the namespace field
    std::vector<Refusal> refused;             // new ones
    Following following = Following::Listing; // after this delta
    base::Error error;                        // Waiting, Stopped
    std::uint64_t merged = 0;  // changes that waited, so far, for whoever is told to take others
    std::uint64_t skipped = 0; // objects not kept so far: too many or too large
};

class Cluster
{
public:
    using Changed = std::function<void(Delta)>;

    // `scope`: namespaces to follow; empty: all.
    Cluster(io::Loop& loop, Access access, std::vector<std::string> scope, Changed changed);
    Cluster(const Cluster&) = delete;
    Cluster& operator=(const Cluster&) = delete;
    ~Cluster();

    // While held nothing is told; what happens is merged into the next change.
    void hold(bool on);

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace podglass::kubernetes
