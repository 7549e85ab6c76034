// SPDX-License-Identifier: Apache-2.0
// Microseconds for one request head of about 700 bytes with 10 fields: the parser alone, and the
// whole way of an exchange through a connection to a sink that counts. The fastest of several
// rounds, as the machine may be shared.
#include "core/parse/connection_parser.h"
#include "core/parse/http1_parser.h"

#include "tests/support/http2_writer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string>

using namespace podglass;

namespace {

constexpr int rounds = 20;
constexpr int heads = 50'000;

std::string request()
{
    return "GET /cart/items?page=2&sort=price HTTP/1.1\r\n"
           "Host: checkout.shop.svc.cluster.local:8080\r\n"
           "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
           "Chrome/126.0.0.0 Safari/537.36\r\n"
           "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8\r\n"
           "Accept-Language: en-GB,en;q=0.9,de;q=0.8\r\n"
           "Accept-Encoding: gzip, deflate, br, zstd\r\n"
           "X-Request-Id: 7c0e1a52-6a3b-4f0e-9d5c-0f3f1a2b3c4d\r\n"
           "Traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n"
           "X-Forwarded-For: 203.0.113.7, 10.4.5.6\r\n"
           "X-Pg-User: bob\r\n"
           "Cookie: session=0011223344556677; theme=dark; consent="
           + std::string(100, 'c') + "\r\n\r\n";
}

class Counter : public flow::EventSink
{
public:
    void onEvent(const flow::Event& event) override
    {
        messages += flow::beginsMessage(event) ? 1U : 0U;
        bytes += flow::payloadBytes(event);
    }

    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;
};

template <typename Work>
double fastest(int count, Work work)
{
    double best = 1e9;
    for (int round = 0; round < rounds; ++round) {
        const auto start = std::chrono::steady_clock::now();
        for (int i = 0; i < count; ++i)
            work();
        const std::chrono::duration<double, std::micro> took =
            std::chrono::steady_clock::now() - start;
        best = std::min(best, took.count() / count);
    }
    return best;
}

support::Http2Fields requestFields()
{
    return {
        {":method", "GET"},
        {":scheme", "http"},
        {":path", "/cart/items?page=2&sort=price"},
        {":authority", "checkout.shop.svc.cluster.local:8080"},
        {"user-agent",
         "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
         "Chrome/126.0.0.0 Safari/537.36"},
        {"accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"},
        {"accept-language", "en-GB,en;q=0.9,de;q=0.8"},
        {"accept-encoding", "gzip, deflate, br, zstd"},
        {"x-forwarded-for", "203.0.113.7, 10.4.5.6"},
        {"x-pg-user", "bob"}};
}

// As a real connection goes: most fields come from the table, two are new each time.
double http2Exchange()
{
    using W = support::Http2Writer;
    W client;
    W server;
    std::vector<std::string> requests;
    std::vector<std::string> responses;
    std::uint32_t stream = 1;
    for (int i = 0; i < heads; ++i, stream += 2) {
        support::Http2Fields fields = requestFields();
        fields.emplace_back("x-request-id", "7c0e1a52-6a3b-4f0e-9d5c-" + std::to_string(i));
        fields.emplace_back("traceparent", "00-4bf92f3577b34da6a3ce929d-" + std::to_string(i));
        requests.push_back(client.headers(stream, fields, true));
        responses.push_back(server.response(
            stream,
            "200",
            {{"server", "nginx"}, {"content-type", "text/plain"}, {"content-length", "5"}}));
        responses.back() += W::data(stream, "hello", true);
    }
    double best = 1e9;
    for (int round = 0; round < rounds; ++round) {
        Counter counter;
        base::Ids ids;
        parse::ParserFactory factory(counter, {1}, ids, {1 << 18});
        const auto connection = factory.open({1}, {}, {});
        std::array<std::uint64_t, 2> at{};
        const auto feed = [&](flow::Direction direction, const std::string& text) {
            std::uint64_t& offset = at.at(static_cast<std::size_t>(direction));
            connection->data(direction, offset, bytes::asBytes(text), {1});
            offset += text.size();
        };
        feed(flow::Direction::ClientToServer, W::preface() + W::settings());
        feed(flow::Direction::ServerToClient, W::settings());
        const auto start = std::chrono::steady_clock::now();
        for (std::size_t i = 0; i < requests.size(); ++i) {
            feed(flow::Direction::ClientToServer, requests[i]);
            feed(flow::Direction::ServerToClient, responses[i]);
        }
        const std::chrono::duration<double, std::micro> took =
            std::chrono::steady_clock::now() - start;
        if (counter.messages != 1 + requests.size())
            return -1;
        best = std::min(best, took.count() / heads);
    }
    return best;
}

} // namespace

int main()
{
    const std::string head = request();
    std::uint64_t fields = 0;
    parse::Http1Parser parser(parse::Http1Parser::Kind::Request);
    const double alone = fastest(heads, [&] {
        (void)parser.next(bytes::asBytes(head));
        fields += parser.head().fields.size();
        (void)parser.next({});
    });

    const std::string response = "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/plain\r\n"
                                 "Content-Length: 5\r\n\r\nhello";
    Counter counter;
    base::Ids ids;
    parse::ParserFactory factory(counter, {1}, ids, {1 << 18});
    const auto connection = factory.open({1}, {}, {});
    std::uint64_t up = 0;
    std::uint64_t down = 0;
    const double exchange = fastest(heads, [&] {
        connection->data(flow::Direction::ClientToServer, up, bytes::asBytes(head), {1});
        connection->data(flow::Direction::ServerToClient, down, bytes::asBytes(response), {2});
        up += head.size();
        down += response.size();
    });

    const std::string part(16'384, 'x');
    const auto upload = factory.open({2}, {}, {});
    const std::string put = "PUT / HTTP/1.1\r\nContent-Length: 1099511627776\r\n\r\n";
    upload->data(flow::Direction::ClientToServer, 0, bytes::asBytes(put), {1});
    std::uint64_t at = put.size();
    const double body = fastest(heads, [&] {
        upload->data(flow::Direction::ClientToServer, at, bytes::asBytes(part), {2});
        at += part.size();
    });

    const double http2 = http2Exchange();

    std::printf("head of %zu bytes, 10 fields: %.3f us\n", head.size(), alone);
    std::printf("exchange (that head, a small response): %.3f us\n", exchange);
    std::printf("HTTP/2 exchange (that head, that response): %.3f us\n", http2);
    std::printf("16 KiB of a body beyond its limit: %.3f us\n", body);
    const std::uint64_t wanted = std::uint64_t{rounds} * heads;
    return fields == wanted * 10 && counter.messages >= wanted * 2 ? 0 : 1;
}
