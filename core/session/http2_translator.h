// SPDX-License-Identifier: Apache-2.0
// Http2Translator: a stolen HTTP/2 stream as HTTP/1.1, for takers that speak nothing else: a
// program on the user's machine, a fixed answer, a request held for editing. Bytes in, bytes out.
//
// Contract: one stream. What has no HTTP/1.1 form (CONNECT, RFC 8441) is answered with 501. Cookie
// fields are joined (RFC 9113 8.2.3); a body of unknown length is chunked, trailers included, both
// ways. Bounded by the credit of the agent's stream one way and by full() the other.
// Thread: the loop's. Source: RFC 9113 8, RFC 9112 7.
#pragma once

#include "core/http2/end.h"
#include "core/parse/http1_parser.h"

#include <string>
#include <string_view>

namespace podglass::session {

class Http2Translator : private http2::End::Owner
{
public:
    // Whether these first bytes of a stream are the preface: yes, no, or not known yet.
    enum class Preface : std::uint8_t
    {
        Yes,
        No,
        Unsure,
    };

    static Preface beginsHttp2(std::string_view start);

    Http2Translator();

    // False: broken, see problem().
    bool fromAgent(bytes::ByteView data);

    bytes::ByteView toAgent() { return m_end.send(); }

    // The request's next bytes in HTTP/1.1.
    std::string takeRequest() { return std::exchange(m_request, {}); }

    [[nodiscard]] bool requestEnded() const { return m_requestEnded; }

    // The request was changed: an answer is read by the method that was asked in the end.
    void answering(std::string_view method) { m_answers.answering(method); }

    // The answer's. False: it is no HTTP/1.1 answer, see problem().
    bool fromTaker(bytes::ByteView data);
    bool takerEnded();

    // Takes no more of the answer now.
    [[nodiscard]] bool full() const { return m_message.body.size() >= enough; }

    [[nodiscard]] bool answered() const { return m_message.ended; }

    [[nodiscard]] const std::string& problem() const { return m_problem; }

private:
    static constexpr std::size_t enough = std::size_t{64} * 1024;

    // http2::End::Owner
    void
    onHead(http2::End::Incoming stream, http2::Fields fields, http2::End::HeadPlace place) override;
    void onBody(http2::End::Incoming stream, bytes::ByteView data) override;
    void onEnd(http2::End::Incoming stream) override;
    void onClosed(http2::End::Incoming stream, std::uint32_t code) override;

    void onSent(http2::End::Incoming /*stream*/,
                http2::Message& /*message*/,
                bytes::ByteView /*sent*/) override
    {}

    void onGoAway(http2::End& /*end*/, std::int32_t /*last*/, std::uint32_t /*code*/) override {}

    void beginRequest(std::span<const flow::HeaderField> section, bool last);
    void refuse(std::string_view status, std::string_view why);
    bool readAnswer();
    bool answerHead();
    bool fail(std::string_view problem);

    http2::End m_end;
    http2::Message m_message; // the answer's body
    parse::Http1Parser m_answers{parse::Http1Parser::Kind::Response};
    bytes::WatermarkBuffer m_rest; // of the answer, not read yet
    std::string m_request;
    std::string m_method;
    std::string m_problem;
    http2::Fields m_trailers; // of the request
    std::int32_t m_stream = 0;
    bool m_chunked = false;
    bool m_requestEnded = false;
    bool m_headSent = false;
};

} // namespace podglass::session
