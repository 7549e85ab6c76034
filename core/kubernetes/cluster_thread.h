// SPDX-License-Identifier: Apache-2.0
// ClusterThread: contexts and a Cluster on a thread of its own, for a window. Everything arrives in
// one queue: watch news().wakeFd() (a QSocketNotifier) and take() what is there.
//
// Thread: all functions may be called from any one thread. Ownership: the queue is the object's.
// Destroying it ends kubectl and joins the thread; it does not wait for the cluster.
#pragma once

#include "core/channel/channel.h"
#include "core/kubernetes/cluster.h"

#include <memory>
#include <variant>

namespace podglass::kubernetes {

struct ContextList
{
    base::Result<std::vector<Context>> contexts;
    std::string bastion; // as readContexts() was told
};

// One change of the cluster that follow() named last; `generation` is what that call returned.
struct ClusterChange
{
    std::uint64_t generation = 0;
    Delta delta;
};

using ClusterNews = std::variant<ContextList, ClusterChange>;

class ClusterThread
{
public:
    ClusterThread();
    ClusterThread(const ClusterThread&) = delete;
    ClusterThread& operator=(const ClusterThread&) = delete;
    ~ClusterThread();

    // Each is answered by one ContextList; of many at once the older ones may not be. `bastion`:
    // whose they are, for the answer.
    void readContexts(Access access, std::string bastion = {});

    // Follows this one from now on, no other; begins with an empty picture. Changes of the one
    // before may still be in the queue: they carry its generation.
    std::uint64_t follow(Access access, std::vector<std::string> scope);
    void stop();

    channel::Channel<ClusterNews>& news();

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace podglass::kubernetes
