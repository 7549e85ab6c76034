// SPDX-License-Identifier: Apache-2.0
// RequestReader: gathers one stolen HTTP/1.1 request that is answered here or held: its head, and
// its body with the transfer coding removed. Bounded: the head by limits::headBytes, the body by
// limits::heldRequestBytes. Thread: the loop's.
#pragma once

#include "core/base/limits.h"
#include "core/bytes/watermark_buffer.h"
#include "core/parse/http1_parser.h"

#include <string>

namespace podglass::session {

class RequestReader
{
public:
    // `keepBody` false: the body is read and dropped.
    explicit RequestReader(bool keepBody)
        : m_keepBody(keepBody)
    {}

    void feed(bytes::ByteView data)
    {
        while (!data.empty() && !m_complete && m_problem.empty()) {
            const std::size_t taken = m_rest.append(data);
            data = data.subspan(taken);
            read();
            if (taken == 0 && m_rest.full())
                m_problem = "its head is too large";
        }
    }

    [[nodiscard]] bool hasHead() const { return !m_head.empty(); }

    [[nodiscard]] bool complete() const { return m_complete; }

    // The caller waits for 100 before it sends the body (RFC 9110 10.1.1).
    [[nodiscard]] bool waitsForContinue() const { return m_waits; }

    [[nodiscard]] const std::string& head() const { return m_head; } // with the last CRLF of a line

    [[nodiscard]] const std::string& body() const { return m_body; }

    [[nodiscard]] const std::string& method() const { return m_method; }

    [[nodiscard]] const std::string& problem() const { return m_problem; }

private:
    void read()
    {
        for (;;) {
            const auto step = m_parser.next(m_rest.view());
            if (step.item == parse::Http1Item::Head)
                takeHead();
            else if (step.item == parse::Http1Item::Body && m_keepBody)
                takeBody();
            m_rest.consume(step.consumed);
            if (step.item == parse::Http1Item::Error)
                m_problem = m_parser.problem();
            m_complete = step.item == parse::Http1Item::End;
            if (m_complete || !m_problem.empty() || step.item == parse::Http1Item::NeedMore)
                return;
        }
    }

    void takeHead()
    {
        const parse::Http1Head& head = m_parser.head();
        // Without the empty line. By substr(), which takes no more than there is: it need not be
        // known here that a head ends with one.
        const std::string_view raw = bytes::asText(head.raw);
        m_head = raw.substr(0, raw.size() - (raw.ends_with("\r\n\r\n") ? 2U : 1U));
        m_method = head.method;
        m_waits = head.expectContinue;
    }

    void takeBody()
    {
        if (m_body.size() + m_parser.body().size() > limits::heldRequestBytes)
            m_problem = "its body is larger than " + std::to_string(limits::heldRequestBytes >> 20)
                        + " MiB";
        else
            m_body += bytes::asText(m_parser.body());
    }

    parse::Http1Parser m_parser{parse::Http1Parser::Kind::Request};
    bytes::WatermarkBuffer m_rest{limits::headBytes * 2};
    std::string m_head;
    std::string m_body;
    std::string m_method;
    std::string m_problem;
    bool m_keepBody;
    bool m_complete = false;
    bool m_waits = false;
};

} // namespace podglass::session
