// SPDX-License-Identifier: Apache-2.0
// TakerStream: one stolen request between the agent and who answers it. Relays both ways with
// credit, translates HTTP/2 where the taker does not speak it, answers by itself (Fixed), waits for
// a person (Held), and says how it ended.
//
// Framing is the agent's matter: it ends the stream when it has the whole answer. The request's end
// is passed on as a half-close only after a 101 answer, where it has a meaning: some servers take
// an early half-close for a caller that went away.
// Thread: the loop's. It may be destroyed inside `ended`, which comes once.
#pragma once

#include "core/base/result.h"
#include "core/io/loop.h"
#include "core/session/http2_translator.h"
#include "core/session/request_reader.h"
#include "core/session/taker.h"
#include "core/session/taker_socket.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace podglass::session {

struct TakerEnd
{
    bool answered = false;
    std::string problem;  // empty: it went well
    bool byTaker = false; // it failed by the taker, not by its caller or the user
};

class TakerStream
{
public:
    struct Hooks
    {
        std::function<void(const wire::Message&)> send;
        std::function<void(std::uint32_t stream, TakerEnd)> ended;
        // Held: the whole request is here. False: there is no room for one more.
        std::function<bool(std::uint32_t stream, const RequestReader&)> hold;
    };

    TakerStream(io::Loop& loop,
                std::uint32_t stream,
                std::shared_ptr<const Taker> taker,
                Hooks hooks);
    TakerStream(const TakerStream&) = delete;
    TakerStream& operator=(const TakerStream&) = delete;
    ~TakerStream();

    void start();
    void onData(const wire::StealData& data);
    void onEnd();
    void onReset(const wire::StealReset& reset);
    void onCredit(std::uint32_t bytes);

    // A held request goes on. An error says what is wrong with it; it stays held.
    base::Status release(const Release& release);

private:
    void detect(bytes::ByteView data);
    void fromAgent(bytes::ByteView data);
    void request(bytes::ByteView data);
    void readRequest();
    void connect(const Taker& taker);
    void answerFixed(const Taker& taker);
    void hold();
    void stillHeld();
    void answer(bytes::ByteView data);
    void answerEnded();
    void flush();
    bool feedMade();
    void grantBack();
    void endIfSaid();
    void sendData(bytes::ByteView data);
    void restartSilence();
    void failed(wire::StealFailure failure, const std::string& words);
    void finish(TakerEnd end);
    [[nodiscard]] std::size_t sendable() const;
    [[nodiscard]] std::size_t room() const;

    [[nodiscard]] bool upgraded() const { return m_answerHead.ends_with(" 101"); }

    io::Loop& m_loop;
    std::uint32_t m_stream;
    std::shared_ptr<const Taker> m_taker;
    Hooks m_hooks;
    std::string m_first; // of the request, until it is known what it is
    bool m_known = false;
    std::unique_ptr<Http2Translator> m_translator; // an HTTP/2 request for who speaks HTTP/1.1
    std::optional<RequestReader> m_reader;         // Fixed, Held
    std::unique_ptr<TakerSocket> m_socket;
    bytes::WatermarkBuffer m_out; // for the agent, without credit yet
    std::uint64_t m_credit = 0;   // what we may send to the agent
    std::uint64_t m_toGrant = 0;  // framed bytes to grant back
    std::string m_answerHead;     // the first bytes of the answer, to know a 101
    std::string m_made;           // an answer that was written here
    std::size_t m_madeSent = 0;
    base::Instant m_heldUntil{};
    bool m_holding = false;
    bool m_continued = false; // 100 was said
    bool m_decided = false;   // answered or held
    bool m_requestOver = false;
    bool m_answered = false;
    bool m_answerOver = false;
    bool m_finished = false;
    io::Loop::TimerId m_timer;
};

} // namespace podglass::session
