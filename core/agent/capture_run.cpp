// SPDX-License-Identifier: Apache-2.0
#include "core/agent/capture_run.h"

#include <malloc.h>
#include <new>

#include <sys/epoll.h>
#include <sys/random.h>

namespace podglass::agent {

namespace {

// Packets of one interface before the others, and commands, get their turn.
constexpr std::size_t packetsPerTurn = 512;

constexpr std::chrono::seconds second{1};
// How late a hole in a stream may be told; ten wake-ups a second cost nothing measurable.
constexpr std::chrono::milliseconds patienceTick{100};

std::uint64_t randomSeed()
{
    std::uint64_t seed = 0;
    // Without randomness the tables still work, only a sender who knows us could slow them down.
    return ::getrandom(&seed, sizeof seed, 0) == sizeof seed ? seed : 0;
}

} // namespace

CaptureRun::CaptureRun(base::TargetId target,
                       channel::Ring& ring,
                       Mailbox<CaptureCommand>& commands,
                       Mailbox<CaptureReport>& reports,
                       CaptureCounters& counters)
    : m_ring(ring)
    , m_pipeline(target, ring, randomSeed())
    , m_onPacket([this](const capture::Packet& packet) { m_pipeline.onPacket(packet); })
    , m_interfaces(m_loop, [this](capture::LiveSource& source) { return take(source); })
    , m_commands(commands)
    , m_reports(reports)
    , m_counters(counters)
{}

void CaptureRun::run(CaptureDoor& door)
{
    if (const base::Status begun = begin(door); !begun) {
        m_reports.put(CaptureEnded{begun.error()});
        return;
    }
    m_reports.put(InterfacesNow{m_interfaces.names(), m_interfaces.note()});
    m_loop.after(second, [this] { onSecond(); });
    m_loop.after(patienceTick, [this] { onTick(); });
    try {
        m_loop.run();
        m_pipeline.stop();
    } catch (const std::bad_alloc&) {
        // What was under way is in no state to go on with; the service is not concerned.
        m_reports.put(CaptureEnded{{.what = "the agent has not enough memory to go on capturing",
                                    .where = "capture",
                                    .advice = "attach again, to fewer targets or with lower body "
                                              "limits"}});
        return;
    }
    count();
}

base::Status CaptureRun::begin(CaptureDoor& door)
{
    if (auto entered = door.enter(); !entered)
        return entered;
    // One is told of changes, the other asked.
    auto notices = door.linkSocket();
    auto questions = door.linkSocket();
    if (!notices || !questions)
        return notices ? questions.error() : notices.error();
    m_links.emplace(std::move(notices).value());
    m_interfaces.listBy(std::move(questions).value());
    if (const auto opened = m_interfaces.refresh(); !opened)
        return opened.error();
    m_loop.watch(m_commands.wakeFd(), EPOLLIN, [this](auto) { onCommands(); });
    m_loop.watch(m_links->descriptor(), EPOLLIN, [this](auto) { onLinks(); });
    return base::Done{};
}

base::Result<std::size_t> CaptureRun::take(capture::LiveSource& source)
{
    const channel::Ring::Batch batch(m_ring);
    return source.dispatch(packetsPerTurn, m_onPacket);
}

void CaptureRun::onCommands()
{
    for (const CaptureCommand& command : m_commands.take()) {
        if (const auto* plan = std::get_if<CapturePlan>(&command)) {
            apply(*plan);
            m_reports.put(PlanInForce{});
        } else if (const auto* owns = std::get_if<ProxyOwns>(&command))
            m_pipeline.proxyOwns(owns->client, owns->server, owns->owned);
        else if (const auto* pause = std::get_if<PauseCapture>(&command))
            this->pause(pause->paused);
        else
            m_loop.stop();
    }
}

void CaptureRun::apply(const CapturePlan& plan)
{
    m_pipeline.setPlan(plan);
    capture::PortFilter filter;
    std::size_t named = 0;
    for (const auto& entry : plan.ports) {
        const std::uint16_t port = entry.first;
        const auto old = plan.oldPeers.find(port);
        if (old == plan.oldPeers.end()) {
            filter.ports.insert(port);
            continue;
        }
        // What passes through this namespace to another is in no table of its sockets.
        capture::PortSet peers = m_pipeline.openPeers(port);
        peers.insert(old->second.begin(), old->second.end());
        if (named + peers.size() > limits::filteredPeers) {
            filter.ports.insert(port);
            continue;
        }
        named += peers.size();
        filter.ofPeers.emplace(port, std::move(peers));
    }
    m_interfaces.setFilter(filter);
}

void CaptureRun::pause(bool paused)
{
    {
        const channel::Ring::Batch batch(m_ring);
        m_pipeline.pause(paused);
    }
    if (paused)
        ::malloc_trim(0); // what was freed counts against the limit until the kernel has it back
    count();
}

void CaptureRun::onLinks()
{
    m_links->silence();
    const auto changed = m_interfaces.refresh();
    if (!changed) {
        m_reports.put(CaptureEnded{changed.error()});
        m_loop.stop();
    } else if (*changed) {
        m_reports.put(InterfacesNow{m_interfaces.names(), m_interfaces.note()});
    }
}

void CaptureRun::onSecond()
{
    if (const std::uint64_t drops = m_interfaces.takeDrops()) {
        m_pipeline.kernelDropped(drops, base::wallClock());
        m_counters.kernelDrops.fetch_add(drops, std::memory_order_relaxed);
    }
    count();
    m_loop.after(second, [this] { onSecond(); });
}

void CaptureRun::onTick()
{
    const channel::Ring::Batch batch(m_ring);
    m_pipeline.tick(io::Loop::now());
    m_loop.after(patienceTick, [this] { onTick(); });
}

void CaptureRun::count()
{
    const PipelineFigures figures = m_pipeline.figures();
    m_counters.packets.store(figures.packets, std::memory_order_relaxed);
    m_counters.packetBytes.store(figures.packetBytes, std::memory_order_relaxed);
    m_counters.malformed.store(figures.malformed, std::memory_order_relaxed);
    m_counters.unseenPackets.store(figures.unseenPackets, std::memory_order_relaxed);
    m_counters.unseenBytes.store(figures.unseenBytes, std::memory_order_relaxed);
    m_counters.openConnections.store(figures.openConnections, std::memory_order_relaxed);
    m_counters.ringBytes.store(m_interfaces.ringBytes(), std::memory_order_relaxed);
}

} // namespace podglass::agent
