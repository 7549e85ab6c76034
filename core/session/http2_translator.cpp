// SPDX-License-Identifier: Apache-2.0
#include "core/session/http2_translator.h"

#include "core/base/limits.h"
#include "core/parse/http2_head.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace podglass::session {

namespace {

constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

std::string lowered(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

// What belongs to one connection has no place in HTTP/2 (RFC 9113 8.2.2).
bool ofConnection(std::string_view name)
{
    constexpr std::array<std::string_view, 5> names{
        "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"};
    return std::ranges::find(names, name) != names.end();
}

std::string chunkHead(std::size_t size)
{
    std::array<char, 16> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16);
    return std::string(digits.data(), end) + "\r\n";
}

} // namespace

Http2Translator::Preface Http2Translator::beginsHttp2(std::string_view start)
{
    if (start.starts_with(preface))
        return Preface::Yes;
    return preface.starts_with(start) ? Preface::Unsure : Preface::No;
}

Http2Translator::Http2Translator()
    : m_end(http2::End::Role::Server, *this)
    , m_rest(limits::headBytes * 2)
{
    m_end.announce({});
}

bool Http2Translator::fromAgent(bytes::ByteView data)
{
    return m_end.receive(data) || fail("the agent's HTTP/2 is broken");
}

void Http2Translator::onHead(http2::End::Incoming stream,
                             http2::Fields fields,
                             http2::End::HeadPlace place)
{
    if (!place.opening) {
        m_trailers = std::move(fields);
        return;
    }
    if (m_stream != 0) {
        m_end.reset(stream.id, http2::error::refused);
        return;
    }
    m_stream = stream.id;
    std::vector<flow::HeaderField> section;
    for (const http2::Field& field : fields)
        section.push_back({field.name, field.value});
    beginRequest(section, place.last);
}

void Http2Translator::beginRequest(std::span<const flow::HeaderField> section, bool last)
{
    const parse::Http2Head head = parse::readHttp2Request(section);
    if ((head.flags & static_cast<std::uint16_t>(flow::MessageFlag::Malformed)) != 0) {
        refuse("400", "The request's head is malformed.\n");
        return;
    }
    const bool extended = std::ranges::any_of(
        head.fields, [](const flow::HeaderField& field) { return field.name == ":protocol"; });
    if (extended || head.method == "CONNECT") {
        refuse("501", "A tunnel inside HTTP/2 has no form in HTTP/1.1.\n");
        return;
    }
    m_method = head.method;
    m_answers.answering(m_method);
    m_request = m_method + " " + std::string(head.target) + " HTTP/1.1\r\n";
    std::string cookies;
    for (const flow::HeaderField& field : head.fields) {
        if (field.name == "cookie")
            cookies += (cookies.empty() ? "" : "; ") + std::string(field.value);
        else
            m_request += std::string(field.name) + ": " + std::string(field.value) + "\r\n";
    }
    if (!cookies.empty())
        m_request += "cookie: " + cookies + "\r\n";
    m_chunked = !last && !head.contentLength;
    m_request += m_chunked ? "transfer-encoding: chunked\r\n\r\n" : "\r\n";
}

// There is no request for the taker: it is answered here.
void Http2Translator::refuse(std::string_view status, std::string_view why)
{
    m_message.body.append(bytes::asBytes(why));
    m_message.ended = true;
    m_headSent = true;
    m_end.respond(m_stream,
                  {{":status", std::string(status)},
                   {"content-type", "text/plain"},
                   {"content-length", std::to_string(why.size())}},
                  &m_message);
    m_problem = why.substr(0, why.size() - 1);
}

void Http2Translator::onBody(http2::End::Incoming stream, bytes::ByteView data)
{
    // The credit of the agent's stream bounds what is under way; its windows need not.
    stream.end.consumeStream(stream.id, data.size());
    stream.end.consumeConnection(data.size());
    if (m_method.empty() || data.empty())
        return;
    if (m_chunked)
        m_request += chunkHead(data.size());
    m_request += bytes::asText(data);
    if (m_chunked)
        m_request += "\r\n";
}

void Http2Translator::onEnd(http2::End::Incoming /*stream*/)
{
    m_requestEnded = true;
    if (!m_chunked || m_method.empty())
        return;
    m_request += "0\r\n";
    for (const http2::Field& field : m_trailers)
        if (field.value.find_first_of("\r\n") == std::string::npos)
            m_request += field.name + ": " + field.value + "\r\n";
    m_request += "\r\n";
}

void Http2Translator::onClosed(http2::End::Incoming /*stream*/, std::uint32_t code)
{
    if (code != http2::error::none && m_problem.empty())
        m_problem = "the caller reset the request";
}

bool Http2Translator::fromTaker(bytes::ByteView data)
{
    while (!data.empty() && !m_message.ended) {
        const std::size_t taken = m_rest.append(data);
        data = data.subspan(taken);
        if (!readAnswer())
            return false;
        if (taken == 0)
            return fail("the answer's head is too large");
    }
    return true;
}

bool Http2Translator::takerEnded()
{
    if (m_message.ended)
        return true;
    if (!m_headSent || !m_answers.untilClose())
        return fail("closed before its answer was complete");
    m_message.ended = true;
    m_end.resume(m_stream);
    return true;
}

bool Http2Translator::readAnswer()
{
    for (;;) {
        const parse::Http1Parser::Step step = m_answers.next(m_rest.view());
        bool good = true;
        switch (step.item) {
        case parse::Http1Item::NeedMore:
            m_rest.consume(step.consumed);
            return true;
        case parse::Http1Item::Head:
            good = answerHead();
            break;
        case parse::Http1Item::Body:
            good = m_message.body.append(m_answers.body()) == m_answers.body().size();
            m_end.resume(m_stream);
            break;
        case parse::Http1Item::End:
            if (m_answers.head().status < 200 && !m_headSent)
                break; // interim
            for (const flow::HeaderField& field : m_answers.trailers()) {
                if (!m_message.trailers)
                    m_message.trailers.emplace();
                m_message.trailers->push_back({lowered(field.name), std::string(field.value)});
            }
            m_message.ended = true;
            m_end.resume(m_stream);
            break;
        case parse::Http1Item::Error:
            return fail(m_answers.problem());
        }
        m_rest.consume(step.consumed);
        if (!good)
            return m_problem.empty() ? fail("the answer is more than was asked for") : false;
        if (m_message.ended)
            return true;
    }
}

bool Http2Translator::answerHead()
{
    const parse::Http1Head& head = m_answers.head();
    constexpr std::uint16_t switching = 101;
    if (head.status == switching)
        return fail("it switches protocols, which HTTP/2 does not know");
    http2::Fields fields{{":status", std::to_string(head.status)}};
    for (const flow::HeaderField& field : head.fields) {
        std::string name = lowered(field.name);
        if (!ofConnection(name))
            fields.push_back({std::move(name), std::string(field.value)});
    }
    if (head.status < 200) {
        m_end.interim(m_stream, fields);
        return true;
    }
    m_headSent = true;
    m_end.respond(m_stream, fields, &m_message);
    return true;
}

bool Http2Translator::fail(std::string_view problem)
{
    if (m_problem.empty())
        m_problem = problem;
    return false;
}

} // namespace podglass::session
