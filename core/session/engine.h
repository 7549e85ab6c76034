// SPDX-License-Identifier: Apache-2.0
// Engine: the session's state machine, on the session's thread. A carrier brings a stream, a link
// makes messages of it, and the rest is order: hello, proof, attach, mirror, keep alive, lose,
// wait, come back.
// Thread: the loop's.
#pragma once

#include "core/session/carrier.h"
#include "core/session/ids.h"
#include "core/session/link.h"
#include "core/session/outbox.h"
#include "core/session/retry.h"
#include "core/session/takers.h"
#include "core/session/wishes.h"
#include "core/session/worker.h"

#include <memory>
#include <random>

namespace podglass::session {

class Engine : public Worker
{
public:
    using MakeCarrier = std::function<std::unique_ptr<Carrier>(const Options&, CarrierEvents)>;

    Engine(io::Loop& loop, Options options, Updates& updates, MakeCarrier makeCarrier);
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;
    ~Engine() override;

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
    using PortKey = std::pair<std::uint64_t, std::uint16_t>; // our target id

    void begin();
    void opened();
    void lost(Loss loss);
    void broken(int error, std::optional<base::Error> protocol);
    void drop(Fault fault, base::Error error);
    void closeAll();
    void waitAndRetry(base::Duration wait, const base::Error& error);
    void countdown();

    void onMessage(wire::Message message);
    void on(wire::Hello& hello);
    void on(wire::Proof& proof);
    void on(wire::Attached& attached);
    void on(wire::PortState& state);
    void on(wire::DeliveryState& state);
    void on(wire::Rules& rules);
    void on(wire::TlsState& state);
    void on(wire::OldEnded& ended);
    void on(wire::Failure& failure);
    void on(wire::Pong& pong);
    void on(wire::StealOpen& open);
    void on(wire::Goodbye& goodbye);
    bool proveOurselves(const wire::Hello& agents);
    void becomeLive();

    // engine_tls.cpp; target ids ours
    [[nodiscard]] bool can(wire::Capability capability) const;
    void forgetTls(const PortKey& key);
    void takeTlsAgent();
    bool sendPort(wire::SetPort wanted, wire::Mode before);

    void onEvents(flow::EventBatch batch, std::size_t wireBytes);
    void flowing();
    void grant();
    void tick();
    void say(State state, std::string detail, base::Error error = {});
    void step(StepState state, const std::string& text, const std::string& detail = {});
    void send(const wire::Message& message);

    [[nodiscard]] bool live() const { return m_state == State::Live; }

    io::Loop& m_loop;
    Options m_options;
    MakeCarrier m_makeCarrier;
    Outbox m_outbox;
    Updates& m_updates;
    Ids m_ids;
    Wishes m_wishes;
    std::map<PortKey, wire::SetTls> m_certificates; // not sent yet
    bool m_keepStealing = false;                    // the break is our own doing
    Takers m_takers;
    Retry m_retry;
    std::unique_ptr<Carrier> m_carrier;
    std::unique_ptr<Link> m_link;
    State m_state = State::Disconnected;
    wire::Hello m_ourHello;
    std::optional<wire::Hello> m_agentHello;
    std::vector<std::uint8_t> m_secret;
    std::uint32_t m_stepOffset = 0; // steps of each attempt get ids of their own
    std::uint32_t m_lastStep = 0;
    std::uint64_t m_toGrant = 0;
    std::uint64_t m_lastPing = 0;
    base::Instant m_pingSent;
    std::int64_t m_roundTrip = 0;
    std::optional<base::Timestamp> m_brokenAt;
    base::Timestamp m_lastHeardWall;
    base::Instant m_retryAt;
    base::Error m_retryError;
    bool m_lossIsDecided = false;
    Loss m_decidedLoss;
    io::Loop::TimerId m_ticker;
    io::Loop::TimerId m_handshakeTimer;
    io::Loop::TimerId m_retryTimer;
    unsigned m_ticks = 0;
    std::minstd_rand m_chance{std::random_device{}()};
};

} // namespace podglass::session
