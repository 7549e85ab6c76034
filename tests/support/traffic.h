// SPDX-License-Identifier: Apache-2.0
// Made-up traffic for tests of the store and of the window: events as an agent would send them.
#pragma once

#include "core/flow/event.h"

#include <random>
#include <string>
#include <vector>

namespace podglass::tests {

inline base::Timestamp atMillis(std::int64_t milliseconds)
{
    return {milliseconds * 1'000'000};
}

struct Sent
{
    std::uint64_t exchange = 1;
    std::uint64_t connection = 1;
    std::int64_t at = 0; // ms
    std::string method = "GET";
    std::string path = "/";
    std::vector<std::pair<std::string, std::string>> fields{{"Host", "shop.example"}};
    std::string body = {};
};

struct Answered
{
    std::uint64_t exchange = 1;
    std::uint64_t connection = 1;
    std::int64_t at = 5; // ms
    std::uint16_t status = 200;
    std::vector<std::pair<std::string, std::string>> fields{{"Content-Type", "text/plain"}};
    std::string body = "ok";
};

// Calls `sink(event)` for each event; what they borrow lives during the call.
template <typename Sink>
class Traffic
{
public:
    explicit Traffic(Sink sink)
        : m_sink(std::move(sink))
    {}

    void open(std::uint64_t connection, std::int64_t at, flow::Origin origin = flow::Origin::Mirror)
    {
        flow::ConnectionOpened opened;
        opened.client = flow::Endpoint::v4(0x0a020107 + static_cast<std::uint32_t>(connection % 5),
                                           static_cast<std::uint16_t>(40000 + connection % 20000));
        opened.server = flow::Endpoint::v4(0x0a020909, 8080);
        opened.origin = origin;
        tell(connection, at, opened);
        tell(connection, at, flow::ProtocolDetected{flow::Protocol::Http1, {}});
    }

    void request(const Sent& sent)
    {
        const auto fields = views(sent.fields);
        std::string raw = sent.method + " " + sent.path + " HTTP/1.1\r\n";
        append(raw, sent.fields);
        flow::RequestHead head;
        head.exchange = {sent.exchange};
        head.method = sent.method;
        head.target = sent.path;
        head.fields = fields;
        head.raw = bytes::asBytes(raw);
        tell(sent.connection, sent.at, head);
        finish(sent.exchange, sent.connection, sent.at, flow::Direction::ClientToServer, sent.body);
    }

    void response(const Answered& answered)
    {
        const auto fields = views(answered.fields);
        std::string raw = "HTTP/1.1 " + std::to_string(answered.status) + " X\r\n";
        append(raw, answered.fields);
        flow::ResponseHead head;
        head.exchange = {answered.exchange};
        head.status = answered.status;
        head.reason = answered.status < 400 ? "OK" : "Error";
        head.fields = fields;
        head.raw = bytes::asBytes(raw);
        tell(answered.connection, answered.at, head);
        finish(answered.exchange,
               answered.connection,
               answered.at,
               flow::Direction::ServerToClient,
               answered.body);
    }

    template <typename Body>
    void tell(std::uint64_t connection, std::int64_t at, const Body& body)
    {
        flow::Event event;
        event.target = {target};
        event.connection = {connection};
        event.at = atMillis(at);
        event.body = body;
        m_sink(event);
    }

    std::uint64_t target = 1;

private:
    using Pairs = std::vector<std::pair<std::string, std::string>>;

    static std::vector<flow::HeaderField> views(const Pairs& pairs)
    {
        std::vector<flow::HeaderField> fields;
        for (const auto& [name, value] : pairs)
            fields.push_back({name, value});
        return fields;
    }

    static void append(std::string& raw, const Pairs& pairs)
    {
        for (const auto& [name, value] : pairs)
            raw += name + ": " + value + "\r\n";
        raw += "\r\n";
    }

    void finish(std::uint64_t exchange,
                std::uint64_t connection,
                std::int64_t at,
                flow::Direction direction,
                const std::string& body)
    {
        if (!body.empty())
            tell(connection, at, flow::BodyData{{exchange}, direction, 0, bytes::asBytes(body)});
        flow::MessageEnd end;
        end.exchange = {exchange};
        end.direction = direction;
        end.bodyBytes = body.size();
        tell(connection, at, end);
    }

    Sink m_sink;
};

} // namespace podglass::tests
