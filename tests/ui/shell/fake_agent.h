// SPDX-License-Identifier: GPL-3.0-or-later
// FakeAgent: a Link that answers like an agent with one target, and plays made-up traffic into the
// queue of updates, so that a window can be tried without any network.
#pragma once

#include "tests/support/traffic.h"
#include "ui/bridge/link.h"

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <random>

namespace podglass::tests {

class FakeAgent : public bridge::Link
{
public:
    explicit FakeAgent(session::Updates& updates)
        : m_updates(updates)
    {}

    void open(const session::Road&) override
    {
        push(session::StateChanged{session::State::Connecting, {}, {}});
        push(session::Step{1, session::StepState::Done, "started podglass-agent", "", 41});
        push(session::Step{2, session::StepState::Done, "agent 0.1.0 answered", "", 3});
        wire::Hello hello;
        hello.host = "build-3";
        hello.build = "0.1.0";
        push(hello);
        push(session::StateChanged{session::State::Live, "agent 0.1.0 on build-3", {}});
    }

    std::optional<base::Error> fileProblem;

    base::Status checkFile(const std::string&) override
    {
        return fileProblem ? base::Status(*fileProblem) : base::Status(base::Done{});
    }

    void openFile(const std::string&) override {}

    void close() override { push(session::StateChanged{}); }

    void listTargets() override
    {
        wire::TargetList list;
        list.targets.push_back(target("container:3f21", "container", "checkout", 8080));
        list.targets.push_back(target("netns:shop", "netns", "shop", 9090));
        push(list);
    }

    std::uint32_t attach(const std::string& spec) override
    {
        ++m_request;
        attachAgain(spec);
        return m_request;
    }

    // As the session does it by itself after a break: of the same request.
    void attachAgain(const std::string& spec)
    {
        wire::Attached attached;
        attached.request = m_request;
        const bool shop = spec == "netns:shop";
        attached.target = {shop ? 2U : 1U};
        attached.spec = spec;
        attached.name = shop ? "shop" : "checkout";
        attached.ports = {{9090, "0.0.0.0", "metrics"}};
        if (!shop)
            attached.ports.insert(attached.ports.begin(), {8080, "0.0.0.0", "checkout"});
        attached.capabilities = static_cast<std::uint64_t>(wire::Capability::Mirror)
                                | static_cast<std::uint64_t>(wire::Capability::Steal)
                                | static_cast<std::uint64_t>(wire::Capability::Rules)
                                | static_cast<std::uint64_t>(wire::Capability::EndOld);
        push(attached);
    }

    void detach(base::TargetId target) override { detached.push_back(target); }

    void listRules(base::TargetId target) override
    {
        ++rulesAsked;
        push(wire::Rules{1, target, rulesInForce, {"ip nat KUBE-SERVICES: 3 rules"}, {"a note"}});
    }

    void setPort(const wire::SetPort& wanted) override
    {
        sent.push_back(wanted);
        wire::PortState state;
        state.target = wanted.target;
        state.port = wanted.port;
        state.mode = wanted.mode;
        state.revision = wanted.revision;
        state.oldConnections = wanted.mode == wire::Mode::Steal ? oldOnes : 0;
        push(state);
    }

    void setTls(wire::SetTls wanted) override { certificates.push_back(std::move(wanted)); }

    void endOld(base::TargetId target, std::uint16_t port) override
    {
        push(wire::OldEnded{1, target, port, oldOnes, 0});
        oldEnded = port;
    }

    void setDelivery(const wire::SetDelivery& wanted) override { deliveries.push_back(wanted); }

    void setTaker(base::TargetId, std::uint16_t, const session::Taker& wanted) override
    {
        taker = wanted;
    }

    void release(std::uint64_t held, const session::Release& wanted) override
    {
        releasedId = held;
        released = wanted;
    }

    void answer(std::uint32_t, std::optional<std::string> text) override { answered = text; }

    template <typename T>
    void push(T item)
    {
        session::Update update(std::move(item));
        if (!m_updates.push(update, 1))
            ++refused;
    }

    // `count` exchanges from `at` (ms since the epoch) on, a few ms apart.
    void play(int count, std::int64_t at)
    {
        Traffic traffic([this](const flow::Event& event) { keep(event); });
        for (int i = 0; i < count; ++i)
            exchange(traffic, at + i * 23);
        send();
    }

    // A gRPC call that ends with this status.
    void call(std::uint32_t status, std::uint64_t connection)
    {
        Traffic traffic([this](const flow::Event& event) { keep(event); });
        traffic.open(connection, 1'700'000'000'500);
        Sent request;
        request.exchange = 1'000'000 + connection;
        request.connection = connection;
        request.fields = {{"content-type", "application/grpc"}};
        traffic.request(request);
        Answered answer;
        answer.exchange = request.exchange;
        answer.connection = connection;
        answer.fields = {{"content-type", "application/grpc"},
                         {"grpc-status", std::to_string(status)}};
        traffic.response(answer);
        send();
    }

    void lose(flow::LossPlace place, std::uint64_t messages, std::int64_t at)
    {
        Traffic traffic([this](const flow::Event& event) { keep(event); });
        traffic.tell(0, at, flow::Lost{place, {}, messages, messages, messages * 900});
        send();
    }

    void sample(std::int64_t at, std::uint64_t lagMicroseconds)
    {
        wire::Telemetry telemetry;
        telemetry.at = at * 1'000'000;
        telemetry.lag.microseconds = lagMicroseconds;
        telemetry.agent.anonymous = 38U << 20U;
        push(telemetry);
    }

    std::vector<wire::SetPort> sent;
    std::vector<base::TargetId> detached;
    std::vector<wire::SetDelivery> deliveries;
    std::vector<wire::SetTls> certificates;
    std::uint32_t oldOnes = 0;
    std::uint16_t oldEnded = 0;
    int rulesAsked = 0;
    std::string rulesInForce = "table inet podglass_8080_1 {\n\tchain prerouting {\n\t}\n}\n";
    std::optional<session::Taker> taker;
    std::uint64_t releasedId = 0;
    std::optional<session::Release> released;
    std::optional<std::string> answered;
    int refused = 0;

private:
    static wire::Target target(const std::string& spec,
                               const std::string& kind,
                               const std::string& name,
                               std::uint16_t port)
    {
        wire::Target made;
        made.spec = spec;
        made.kind = kind;
        made.name = name;
        made.detail = "image registry.example/" + name + ":1.4";
        made.ports.push_back({port, "0.0.0.0", name});
        return made;
    }

    template <typename T>
    void exchange(T& traffic, std::int64_t at)
    {
        struct Kind
        {
            const char* method;
            const char* path;
            std::uint16_t status;
            const char* body;
        };

        static constexpr std::array<Kind, 8> kinds{
            Kind{"GET", "/healthz", 200, "ok"},
            Kind{
                "POST",
                "/cart/items",
                201,
                R"({"id":4711,"state":"open","lines":[{"sku":"A-17","count":2},{"sku":"B-3","count":1}],"total":59.90})"},
            Kind{
                "GET", "/cart?user=qa-7&expand=lines,prices", 200, R"({"id":4711,"state":"open"})"},
            Kind{"GET", "/static/app.5f31c2.js", 304, ""},
            Kind{"POST", "/cart/merge", 409, R"({"error":"cart 4711 was changed meanwhile"})"},
            Kind{"GET",
                 "/products/search?q=blue+lamp&page=2&sort=price",
                 200,
                 R"({"items":[],"next":null})"},
            Kind{"PUT", "/users/qa-7/address", 204, ""},
            Kind{"POST", "/payments/authorize", 503, R"({"error":"upstream timed out"})"}};
        const Kind& kind = kinds.at(m_random() % 40 < 30 ? m_random() % 7 : m_random() % 8);
        const std::uint64_t connection = m_random() % 6 + 1;
        if (!m_opened[connection]) {
            traffic.open(connection, at);
            m_opened[connection] = true;
        }
        const std::uint64_t id = m_next++;
        Sent request{.exchange = id,
                     .connection = connection,
                     .at = at,
                     .method = kind.method,
                     .path = kind.path};
        const bool probe = std::string(kind.path) == "/healthz";
        request.fields = {{"Host", "checkout.shop.svc"},
                          {"User-Agent", probe ? "kube-probe/1.29" : "frontend/6.9"},
                          {"Accept", "application/json"},
                          {"X-User-Id", m_random() % 2 == 0 ? "qa-7" : "u-1182"},
                          {"Authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.c2VjcmV0"},
                          {"Content-Type", "application/json"}};
        if (std::string(kind.method) == "POST")
            request.body = R"({"sku":"A-17","count":2,"note":"for Ana"})";
        traffic.request(request);
        if (stealing)
            traffic.tell(connection,
                         at,
                         flow::StealDecision{{id},
                                             m_random() % 3 == 0 ? flow::Decision::Stolen
                                                                 : flow::Decision::PassedOn,
                                             {1},
                                             1});
        if (m_random() % 23 == 0)
            return; // still in progress
        Answered response{.exchange = id,
                          .connection = connection,
                          .at = at + 2 + static_cast<std::int64_t>(m_random() % 40),
                          .status = kind.status};
        response.fields = {{"Content-Type", "application/json"},
                           {"Date", "Sat, 21 Nov 2026 11:40:02 GMT"},
                           {"Set-Cookie", "session=8f0a7b6c; HttpOnly; Path=/"},
                           {"X-Request-Id", "7f3b2c1a-9d54-4f6e-8a21-0c9d8e7f6a5b"}};
        response.body = kind.body;
        traffic.response(response);
    }

    // Events borrow: their bytes are copied into the batch, as the decoder of a session would.
    void keep(const flow::Event& event)
    {
        flow::Event copy = event;
        const auto text = [this](std::string_view& view) {
            view = bytes::asText(hold(bytes::asBytes(view)));
        };
        if (auto* request = std::get_if<flow::RequestHead>(&copy.body)) {
            text(request->method);
            text(request->target);
            request->raw = hold(request->raw);
            request->fields = holdFields(request->fields);
        } else if (auto* response = std::get_if<flow::ResponseHead>(&copy.body)) {
            text(response->reason);
            response->raw = hold(response->raw);
            response->fields = holdFields(response->fields);
        } else if (auto* body = std::get_if<flow::BodyData>(&copy.body)) {
            body->data = hold(body->data);
        }
        m_batch.events.push_back(copy);
    }

    bytes::ByteView hold(bytes::ByteView view)
    {
        m_batch.storage.push_back(bytes::Slice::copyOf(view));
        return m_batch.storage.back().view();
    }

    std::span<const flow::HeaderField> holdFields(std::span<const flow::HeaderField> fields)
    {
        auto& list = m_batch.fieldLists.emplace_back();
        for (const auto& field : fields)
            list.push_back({bytes::asText(hold(bytes::asBytes(field.name))),
                            bytes::asText(hold(bytes::asBytes(field.value)))});
        return list;
    }

    void send()
    {
        push(std::move(m_batch));
        m_batch = {};
    }

public:
    bool stealing = false;

private:
    session::Updates& m_updates;
    flow::EventBatch m_batch;
    std::mt19937 m_random{3};
    std::map<std::uint64_t, bool> m_opened;
    std::uint64_t m_next = 1;
    std::uint32_t m_request = 0;
};

} // namespace podglass::tests
