// SPDX-License-Identifier: Apache-2.0
// Agent: the io thread's side of everything: clients, the targets they are attached to, and what
// passes between the two. main() composes it with a loop and gives it client streams.
//
// One client's slowness, silence or error ends at that client. A target that two clients attach is
// one target with one capture thread; it goes with its last client.
// Thread: the loop's; a capture thread for each target is its only other.
#pragma once

#include "core/agent/client_connection.h"
#include "core/agent/memory_watch.h"
#include "core/agent/target_registry.h"
#include "core/io/loop.h"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace podglass::agent {

struct AgentOptions
{
    std::string build; // version, for Hello
    Means means{};
    // For the log on stderr: somebody came, went, or was refused.
    std::function<void(const std::string& line)> log;
};

class Agent : private ClientRequests, private steal::TakerGate, private PortServices
{
public:
    Agent(io::Loop& loop, AgentOptions options);
    Agent(const Agent&) = delete;
    Agent& operator=(const Agent&) = delete;
    ~Agent() override;

    // Serves one more client on its stream. Refused above limits::clientsPerAgent.
    base::Status serve(io::Fd input, io::Fd output, std::optional<Secret> secret);

    // Attaches a target before any client asks and keeps it.
    base::Status keepTarget(const std::string& spec);

    [[nodiscard]] std::size_t clients() const { return m_clients.size(); }

    // No client is left, and no connection that was passed on for one.
    [[nodiscard]] bool idle() const;

    // How long it has had no client; zero: it has one.
    [[nodiscard]] base::Duration clientless() const;

    [[nodiscard]] bool everHadClient() const { return m_nextClient > 1; }

    // Called when it may have become idle, and each second while it is.
    void onIdle(std::function<void()> idle) { m_onIdle = std::move(idle); }

    // Called when the last client has left connections that were passed on: the agent redirects
    // nothing any more and stays for them, within limits::seenOutSilence and seenOutMost.
    void onAlone(std::function<void(std::size_t connections)> alone)
    {
        m_onAlone = std::move(alone);
    }

private:
    // ClientRequests
    void listTargets(ClientConnection& client, const wire::ListTargets& request) override;
    void attach(ClientConnection& client, const wire::Attach& request) override;
    void detach(ClientConnection& client, const wire::Detach& request) override;
    void setPort(ClientConnection& client, const wire::SetPort& request) override;
    void setTls(ClientConnection& client, const wire::SetTls& request) override;
    void endOld(ClientConnection& client, const wire::EndOld& request) override;
    void setDelivery(ClientConnection& client, const wire::SetDelivery& request) override;
    void listRules(ClientConnection& client, const wire::ListRules& request) override;
    void ended(ClientConnection& client, const std::string& why) override;

    // steal::TakerGate
    std::unique_ptr<steal::TakerStream> open(base::ClientId client,
                                             wire::StealOpen request,
                                             steal::TakerStream::Events events) override;

    // PortServices
    io::Loop& loop() override { return m_loop; }

    filter::Cache& filters() override { return m_filters; }

    steal::TakerGate& gate() override { return *this; }

    ProxyEvents& proxyEvents() override;

    [[nodiscard]] std::shared_ptr<channel::RingBudget> ringBudget() override
    {
        return m_ringBudget;
    }

    [[nodiscard]] std::string nameOf(base::ClientId client) const override;
    void tell(base::ClientId client, const wire::PortState& state) override;
    void tell(base::ClientId client, const wire::TlsState& state) override;
    [[nodiscard]] std::string stealLacks() const override;

    [[nodiscard]] base::Status roomForMore(const std::string& where) const override
    {
        return m_memory.roomForMore(where);
    }

    [[nodiscard]] const Means& means() const override { return m_options.means; }

    void onTargetReady(AttachedTarget& target);
    void onTargetGone(AttachedTarget& target, const base::Error& error);
    void join(ClientConnection& client, AttachedTarget& target, std::uint32_t request);
    void follow(ClientConnection& client,
                AttachedTarget& target,
                const wire::PortState& state,
                std::uint64_t bodyLimit);
    void wakeClientsOf(const AttachedTarget& target);
    void onSecond();
    void limitSeeingOut(base::Instant now);
    void onMemory();
    void tellOfMemory(ClientConnection& client);
    [[nodiscard]] ClientConnection* find(base::ClientId client) const;
    void log(const std::string& line) const;

    io::Loop& m_loop;
    AgentOptions m_options;
    filter::Cache m_filters;
    std::shared_ptr<channel::RingBudget> m_ringBudget =
        std::make_shared<channel::RingBudget>(ringsBytes());
    std::unique_ptr<ProxyEvents> m_proxyEvents;
    TargetRegistry m_targets;
    std::map<base::ClientId, std::unique_ptr<ClientConnection>> m_clients;
    std::uint64_t m_nextClient = 1;
    std::function<void()> m_onIdle;
    std::function<void(std::size_t)> m_onAlone;
    base::Instant m_emptySince = io::Loop::now();
    io::Loop::TimerId m_second;
    MemoryWatch m_memory;
};

} // namespace podglass::agent
