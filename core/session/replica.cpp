// SPDX-License-Identifier: Apache-2.0
#include "core/session/replica.h"

#include "core/base/limits.h"

#include <algorithm>

#include <sys/epoll.h>

namespace podglass::session {

namespace {

Options engineOptions(const ClusterSetup& setup)
{
    Options options;
    options.road.kind = RoadKind::Kubernetes;
    options.clientName = setup.clientName;
    return options;
}

} // namespace

Replica::Replica(io::Loop& loop,
                 const ClusterSetup& setup,
                 kubernetes::Pod pod,
                 std::uint32_t number,
                 std::function<void()> wake)
    : m_loop(loop)
    , m_pod(std::move(pod))
    , m_number(number)
    , m_wake(std::move(wake))
    , m_place(setup, m_pod)
    , m_updates(limits::sessionChannelBytes / limits::attachedReplicas)
    , m_engine(loop, engineOptions(setup), m_updates, [this](const Options&, CarrierEvents events) {
        return std::make_unique<KubernetesCarrier>(m_loop, m_place, std::move(events));
    })
{
    m_loop.watch(m_updates.wakeFd(), EPOLLIN, [this](auto) { m_wake(); });
}

Replica::~Replica()
{
    if (!m_held)
        m_loop.unwatch(m_updates.wakeFd());
}

void Replica::hold(bool on)
{
    if (on == m_held)
        return;
    m_held = on;
    if (on)
        m_loop.unwatch(m_updates.wakeFd());
    else
        m_loop.watch(m_updates.wakeFd(), EPOLLIN, [this](auto) { m_wake(); });
}

std::string Replica::spec() const
{
    const auto running = std::ranges::find_if(
        m_pod.containers, [](const auto& each) { return each.running && !each.id.empty(); });
    return running == m_pod.containers.end() ? std::string() : "container:" + running->id;
}

} // namespace podglass::session
