// SPDX-License-Identifier: Apache-2.0
// The way of the service's responses: read only to know where each ends, and passed as they come.
#include "core/base/limits.h"
#include "core/http2/upgrade.h"
#include "core/steal/protocol_guess.h"
#include "core/steal/proxied.h"

#include <algorithm>
#include <string_view>
#include <strings.h>

namespace podglass::steal {

namespace {

constexpr std::string_view upgrade = "upgrade";

} // namespace

bool Proxied::readResponses()
{
    if (m_taken)
        return readTaken();
    if (m_goodbye || m_http2 || m_becomesHttp2)
        return false;
    bool moved = false;
    while (!m_raw && !m_becomesHttp2 && readResponseStep())
        moved = true;
    if (!m_raw)
        return moved;
    moved = moved || !m_down.unread().empty();
    clearDown(m_down.unread().size());
    return moved;
}

bool Proxied::readResponseStep()
{
    const bytes::ByteView input = m_down.unread();
    if (m_awaited.empty()) {
        if (!input.empty())
            readUnasked(input);
        return false;
    }
    const parse::Http1Parser::Step step = m_responses.next(input);
    switch (step.item) {
    case parse::Http1Item::NeedMore:
        clearDown(step.consumed);
        if ((m_responses.tunnelled() && !m_becomesHttp2)
            || (m_service->ended() && !m_down.unread().empty()))
            relayRaw();
        return false;
    case parse::Http1Item::Head:
        m_status = m_responses.head().status;
        m_becomesHttp2 = becomesHttp2();
        clearDown(step.consumed);
        break;
    case parse::Http1Item::Body:
        clearDown(step.consumed);
        break;
    case parse::Http1Item::End:
        clearDown(step.consumed);
        if (m_responses.tunnelled() && !m_becomesHttp2)
            relayRaw();
        else if (m_status >= 200)
            endOfResponse();
        break;
    case parse::Http1Item::Error:
        relayRaw();
        return false;
    }
    return true;
}

// 101 to a request for HTTP/2 that is over. While its body is on its way nobody could tell that
// from the HTTP/2 behind it.
bool Proxied::becomesHttp2() const
{
    const parse::Http1Head& head = m_responses.head();
    if (head.status != 101 || m_awaited.size() != 1 || !m_awaited.front().h2c || m_inRequest)
        return false;
    return std::ranges::any_of(head.fields, [](const flow::HeaderField& field) {
        return field.name.size() == upgrade.size()
               && ::strncasecmp(field.name.data(), upgrade.data(), upgrade.size()) == 0
               && http2::namesH2c(field.value);
    });
}

// A server that speaks unasked is not, or not any more, answering HTTP/1 requests. One of HTTP/2
// may speak first; its client is given a moment to say that it is one.
void Proxied::readUnasked(bytes::ByteView input)
{
    if (m_seenRequest || guessHttp2Server(input) == Guess::SomethingElse)
        relayRaw();
    else if (m_patience == Patience::None)
        wait(Patience::Preface, limits::serverFirstPatience);
}

void Proxied::endOfResponse()
{
    if (m_awaited.front().tunnelAsked)
        m_tunnelPending = false; // refused: HTTP goes on
    m_awaited.erase(m_awaited.begin());
    if (!m_awaited.empty())
        m_responses.answering(m_awaited.front().method);
}

void Proxied::await(Awaited request)
{
    if (m_awaited.empty())
        m_responses.answering(request.method);
    m_awaited.push_back(std::move(request));
}

void Proxied::clearDown(std::size_t count)
{
    const bytes::ByteView bytes = m_down.unread().first(count);
    if (bytes.empty())
        return;
    m_down.clear(count);
    if (m_sink)
        m_sink->data(flow::Direction::ServerToClient, m_downBytes, bytes, base::wallClock());
    m_downBytes += bytes.size();
}

} // namespace podglass::steal
