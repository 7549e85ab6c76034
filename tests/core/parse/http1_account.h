// SPDX-License-Identifier: Apache-2.0
// What Http1Parser makes of some bytes, as text, the same for every way of cutting them.
#pragma once

#include "core/parse/http1_parser.h"

#include "tests/support/chunker.h"

#include <QTest>

namespace podglass::tests {

using parse::Http1Item;
using parse::Http1Parser;

// Feeds a parser as a caller does (keeping the unconsumed rest) and writes down what comes out.
class Http1Account
{
public:
    Http1Account(Http1Parser::Kind kind, std::string_view answered)
        : m_parser(kind)
        , m_request(kind == Http1Parser::Kind::Request)
    {
        m_parser.answering(answered);
    }

    std::string run(const Pieces& pieces)
    {
        for (const std::string_view piece : pieces) {
            m_rest += piece;
            while (one()) {}
        }
        flushBody();
        m_text += "finish " + std::to_string(static_cast<int>(m_parser.finish()));
        if (!m_rest.empty())
            m_text += " rest " + m_rest;
        return m_text;
    }

private:
    bool one()
    {
        const Http1Parser::Step step = m_parser.next(bytes::asBytes(m_rest));
        m_covered += step.consumed;
        switch (step.item) {
        case Http1Item::Head:
            head();
            break;
        case Http1Item::Body:
            m_body += bytes::asText(m_parser.body());
            break;
        case Http1Item::End:
            flushBody();
            m_text += "end at " + std::to_string(m_covered);
            for (const flow::HeaderField& field : m_parser.trailers())
                m_text += " " + std::string(field.name) + "=" + std::string(field.value);
            m_text += "\n";
            break;
        case Http1Item::Error:
            flushBody();
            if (!m_failed)
                m_text += "error " + std::string(m_parser.problem()) + "\n";
            m_failed = true;
            break;
        case Http1Item::NeedMore:
            break;
        }
        m_rest.erase(0, step.consumed);
        return step.item != Http1Item::NeedMore && step.item != Http1Item::Error;
    }

    void head()
    {
        const parse::Http1Head& head = m_parser.head();
        if (m_request)
            m_text += std::string(head.method) + " " + std::string(head.target);
        else
            m_text += std::to_string(head.status) + " " + std::string(head.reason);
        m_text += " v" + std::to_string(head.version);
        if (head.flags != 0)
            m_text += " flags " + std::to_string(head.flags);
        if (!head.keepAlive)
            m_text += " close";
        if (head.upgrade)
            m_text += " upgrade";
        if (head.expectContinue)
            m_text += " expects";
        m_text += " raw " + std::to_string(head.raw.size()) + "\n";
        for (const flow::HeaderField& field : head.fields)
            m_text += " [" + std::string(field.name) + "]=[" + std::string(field.value) + "]\n";
    }

    void flushBody()
    {
        if (!m_body.empty())
            m_text += "body " + m_body + "\n";
        m_body.clear();
    }

    Http1Parser m_parser;
    bool m_request;
    bool m_failed = false;
    std::size_t m_covered = 0;
    std::string m_rest;
    std::string m_body;
    std::string m_text;
};

inline std::string
cut(Http1Parser::Kind kind, std::string_view input, std::string_view answered = {})
{
    const ChunkerResult result = everyCut(
        input, [&](const Pieces& pieces) { return Http1Account(kind, answered).run(pieces); });
    return result.difference.empty() ? result.account : "CUT: " + result.difference;
}

inline std::string request(std::string_view input)
{
    return cut(Http1Parser::Kind::Request, input);
}

inline std::string response(std::string_view input, std::string_view answered = {})
{
    return cut(Http1Parser::Kind::Response, input, answered);
}

// Bits of flow::MessageFlag, as accounts say them.
inline constexpr int ambiguous = 1;
inline constexpr int malformed = 2;
inline constexpr int tooLarge = 4;
inline constexpr int folded = 16;

inline bool has(const std::string& account, std::string_view part)
{
    return account.find(part) != std::string::npos;
}

inline std::string flags(int bits)
{
    return " flags " + std::to_string(bits);
}

} // namespace podglass::tests

#define SAME(actual, expected) QCOMPARE(QByteArray::fromStdString(actual), QByteArray(expected))
// Shows the account when a part of it is not there.
#define HAS(account, part) QVERIFY2(podglass::tests::has(account, part), (account).c_str())
