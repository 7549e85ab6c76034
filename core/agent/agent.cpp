// SPDX-License-Identifier: Apache-2.0
#include "core/agent/agent.h"

#include "core/agent/telemetry_message.h"
#include "core/base/limits.h"

#include <array>

#include <unistd.h>

namespace podglass::agent {

namespace {

constexpr std::chrono::seconds second{1};
constexpr base::ClientId ourselves{0}; // holds targets that main() attached

std::string hostName()
{
    std::array<char, 256> name{};
    ::gethostname(name.data(), name.size() - 1);
    return name.data();
}

wire::Hello helloOf(const AgentOptions& options)
{
    wire::Hello hello;
    hello.capabilities = options.means.capabilities();
    hello.build = options.build;
    hello.host = hostName();
    hello.lacking = options.means.rights.lacking();
    if (!options.means.confinement.empty())
        hello.lacking += (hello.lacking.empty() ? "" : "; ") + options.means.confinement;
    return hello;
}

// For somebody who is not served; a pipe or socket just made has room for so little.
void sayGoodbye(const io::Fd& output, const base::Error& why)
{
    std::vector<std::uint8_t> frame;
    wire::encode(wire::Message(wire::Goodbye{why.what + "; " + why.advice}), frame);
    [[maybe_unused]] const ssize_t sent = ::write(output.get(), frame.data(), frame.size());
}

} // namespace

Agent::Agent(io::Loop& loop, AgentOptions options)
    : m_loop(loop)
    , m_options(std::move(options))
    , m_targets(*this,
                {.news = [this](AttachedTarget& target) { wakeClientsOf(target); },
                 .ready = [this](AttachedTarget& target) { onTargetReady(target); },
                 .gone = [this](AttachedTarget& target,
                                const base::Error& error) { onTargetGone(target, error); },
                 .deserted =
                     [this](AttachedTarget& target) {
                         log("target " + target.spec() + ": no process is left there; its "
                             + std::to_string(target.ports().proxied())
                             + " connections are ended as they fall silent");
                     }})
    , m_second(loop.after(second, [this] { onSecond(); }))
    , m_memory(loop, [this] { onMemory(); })
{}

Agent::~Agent()
{
    m_loop.cancel(m_second);
    // Streams of stolen requests end before the proxies that hold them.
    for (const auto& [id, client] : m_clients)
        client->streams().closeAll("the agent ends");
}

base::Status Agent::serve(io::Fd input, io::Fd output, std::optional<Secret> secret)
{
    if (m_clients.size() >= limits::clientsPerAgent)
        return base::Error{.what = std::to_string(m_clients.size()) + " clients are served already",
                           .where = "serve a client",
                           .advice = "close one of them"};
    if (base::Status room = roomForMore("serve a client"); !room) {
        sayGoodbye(output, room.error());
        return room;
    }
    const base::ClientId id{m_nextClient++};
    ClientRequests& requests = *this; // a private base: make_unique could not convert
    auto client = std::make_unique<ClientConnection>(m_loop,
                                                     ClientSetup{.id = id,
                                                                 .input = std::move(input),
                                                                 .output = std::move(output),
                                                                 .hello = helloOf(m_options),
                                                                 .secret = std::move(secret)},
                                                     requests);
    base::Status started = client->start();
    if (!started)
        return started;
    if (m_proxyEvents)
        client->feed().follow(m_proxyEvents->broadcast().ring(), {});
    client->feed().squeeze(m_memory.level() != MemoryLevel::Enough);
    m_clients.emplace(id, std::move(client));
    return started;
}

base::Status Agent::keepTarget(const std::string& spec)
{
    const auto target = m_targets.open(spec);
    if (!target)
        return target.error();
    (*target)->clients.insert(ourselves);
    return base::Done{};
}

void Agent::ended(ClientConnection& client, const std::string& why)
{
    log("client " + client.name() + " is gone" + (why.empty() ? "" : ": " + why));
    // The call may come from inside this client, or from inside a port that tells its clients
    // something: the loop does the rest, in the same round.
    m_loop.post([this, id = client.id()] {
        for (const auto& [targetId, target] : m_targets.all())
            m_targets.leave(*target, id);
        m_clients.erase(id);
        m_emptySince = io::Loop::now();
        m_targets.sweep();
        if (idle() && m_onIdle)
            m_onIdle();
        else if (m_clients.empty() && m_onAlone)
            m_onAlone(m_targets.proxied());
    });
}

bool Agent::idle() const
{
    return m_clients.empty() && m_targets.quiet();
}

base::Duration Agent::clientless() const
{
    return m_clients.empty() ? io::Loop::now() - m_emptySince : base::Duration::zero();
}

std::unique_ptr<steal::TakerStream>
Agent::open(base::ClientId client, wire::StealOpen request, steal::TakerStream::Events events)
{
    ClientConnection* taker = find(client);
    if (taker == nullptr || !taker->ready())
        return nullptr;
    return taker->streams().open(std::move(request), std::move(events));
}

ProxyEvents& Agent::proxyEvents()
{
    if (m_proxyEvents)
        return *m_proxyEvents;
    m_proxyEvents = std::make_unique<ProxyEvents>(m_loop, m_ringBudget, [this] {
        for (const auto& [id, client] : m_clients)
            client->wake();
    });
    for (const auto& [id, client] : m_clients)
        client->feed().follow(m_proxyEvents->broadcast().ring(), {});
    return *m_proxyEvents;
}

std::string Agent::nameOf(base::ClientId client) const
{
    const ClientConnection* found = find(client);
    return found == nullptr ? std::string("somebody") : found->name();
}

void Agent::tell(base::ClientId client, const wire::PortState& state)
{
    if (ClientConnection* found = find(client))
        found->send(state);
}

void Agent::tell(base::ClientId client, const wire::TlsState& state)
{
    if (ClientConnection* found = find(client))
        found->send(state);
}

std::string Agent::stealLacks() const
{
    return m_options.means.rights.stealLacks();
}

ClientConnection* Agent::find(base::ClientId client) const
{
    const auto found = m_clients.find(client);
    return found == m_clients.end() ? nullptr : found->second.get();
}

void Agent::wakeClientsOf(const AttachedTarget& target)
{
    for (const base::ClientId id : target.clients) {
        if (ClientConnection* client = find(id))
            client->wake();
    }
}

void Agent::onSecond()
{
    m_second = m_loop.after(second, [this] { onSecond(); });
    const base::Instant now = io::Loop::now();
    for (const auto& [id, target] : m_targets.all())
        target->tick();
    if (m_clients.empty())
        limitSeeingOut(now);
    m_targets.sweep();
    const wire::Telemetry common = commonTelemetry(m_targets, m_filters, m_clients.size());
    for (const auto& [id, client] : m_clients) {
        client->tick(now);
        if (client->ready())
            client->send(telemetryFor(*client, common, m_targets));
        for (const wire::DeliveryState& state : client->feed().deliveries())
            client->send(state);
    }
    if (idle() && m_onIdle)
        m_onIdle();
}

// Everything that is kept of the mirrored traffic goes, and nothing new comes; or it goes on.
void Agent::onMemory()
{
    const bool shed = m_memory.level() != MemoryLevel::Enough;
    log("memory: " + m_memory.share() + " are in use: mirroring "
        + (shed ? "is paused" : "goes on"));
    for (const auto& [id, target] : m_targets.all())
        target->pause(shed);
    for (const auto& [id, client] : m_clients) {
        client->feed().squeeze(shed);
        client->wake();
        tellOfMemory(*client);
    }
}

// In words, and how much was not looked at; connections that were open are told as evicted.
void Agent::tellOfMemory(ClientConnection& client)
{
    if (!client.ready())
        return;
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    for (const auto& [id, target] : m_targets.all()) {
        packets += target->counters().unseenPackets.load(std::memory_order_relaxed);
        bytes += target->counters().unseenBytes.load(std::memory_order_relaxed);
    }
    wire::Failure notice;
    notice.lasting = false;
    notice.where = "memory limit of the agent";
    const bool enough = m_memory.level() == MemoryLevel::Enough;
    notice.what = enough ? "mirroring goes on: the agent has enough memory again"
                         : "mirroring is paused: the agent is short of memory";
    if (m_memory.level() == MemoryLevel::Scarce)
        notice.what += ", and refuses new targets, steals and clients";
    notice.what += "\n" + m_memory.share() + " are in use; so far " + std::to_string(packets)
                   + " packets with " + std::to_string(bytes)
                   + " bytes of payload were not looked at for it";
    if (!enough)
        notice.advice = "mirroring goes on by itself; raise the limit, or follow fewer ports";
    client.send(notice);
}

// Whoever stays for nobody but old connections does not stay for ever.
void Agent::limitSeeingOut(base::Instant now)
{
    const bool over = now - m_emptySince > limits::seenOutMost;
    for (const auto& [id, target] : m_targets.all())
        target->ports().endSilent(over ? base::Duration::zero() : limits::seenOutSilence);
}

void Agent::log(const std::string& line) const
{
    if (m_options.log)
        m_options.log(line);
}

} // namespace podglass::agent
