// SPDX-License-Identifier: Apache-2.0
// TakerStream: one stolen request between the agent and the program that answers it. Connects,
// relays both ways with credit, and says how it ended.
//
// Framing is the agent's matter: it ends the stream when it has the whole answer. The request's end
// is passed on as a half-close only after a 101 answer, where it has a meaning: some servers take
// an early half-close for a caller that went away.
// Thread: the loop's. It may be destroyed inside `ended`, which comes once.
#pragma once

#include "core/bytes/watermark_buffer.h"
#include "core/io/loop.h"
#include "core/session/session.h"

#include <functional>
#include <string>

namespace podglass::session {

struct TakerEnd
{
    bool answered = false;
    std::string problem; // empty: it went well
};

class TakerStream
{
public:
    using Send = std::function<void(const wire::Message&)>;
    using Ended = std::function<void(std::uint32_t stream, TakerEnd)>;

    TakerStream(io::Loop& loop, std::uint32_t stream, Taker taker, Send send, Ended ended);
    TakerStream(const TakerStream&) = delete;
    TakerStream& operator=(const TakerStream&) = delete;
    ~TakerStream();

    void start();
    void onData(const wire::StealData& data);
    void onEnd();
    void onReset(const wire::StealReset& reset);
    void onCredit(std::uint32_t bytes);

private:
    void connected();
    void failed(wire::StealFailure failure, const std::string& words);
    void finish(TakerEnd end);
    void answerFixed();
    void ready(std::uint32_t events);
    bool readTaker();
    void writeTaker();
    void watchAgain();
    void sendData(bytes::ByteView data);
    void restartSilence();
    [[nodiscard]] std::size_t sendable() const;

    io::Loop& m_loop;
    std::uint32_t m_stream;
    Taker m_taker;
    Send m_send;
    Ended m_ended;
    std::string m_where;
    io::Fd m_socket;
    bool m_connected = false;
    bool m_watching = false;
    bytes::WatermarkBuffer m_toTaker;
    std::uint64_t m_credit = 0;  // what we may send to the agent
    std::uint64_t m_toGrant = 0; // framed bytes to grant back
    std::string m_answerHead;    // the first bytes of the answer, to know a 101
    std::string m_fixed;         // Fixed: the whole answer
    std::size_t m_fixedSent = 0;
    bool m_requestOver = false;
    bool m_answered = false;
    bool m_answerOver = false;
    bool m_finished = false;
    io::Loop::TimerId m_timer;
};

} // namespace podglass::session
