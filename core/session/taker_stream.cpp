// SPDX-License-Identifier: Apache-2.0
#include "core/session/taker_stream.h"

#include "core/base/limits.h"
#include "core/session/made_messages.h"
#include "core/wire/frame.h"

#include <algorithm>

namespace podglass::session {

namespace {

// Frame header, stream number, length: what StealData costs besides its bytes (FORMAT.md).
constexpr std::size_t frameOverhead = wire::frameHeaderBytes + 8;
constexpr std::size_t chunkBytes = std::size_t{32} << 10;
constexpr std::uint64_t grantEvery = limits::channelCreditBytes / 4;
constexpr std::size_t statusLineBytes = 12; // "HTTP/1.1 101"
constexpr std::string_view goOn = "HTTP/1.1 100 Continue\r\n\r\n";

} // namespace

TakerStream::TakerStream(io::Loop& loop,
                         std::uint32_t stream,
                         std::shared_ptr<const Taker> taker,
                         Hooks hooks)
    : m_loop(loop)
    , m_stream(stream)
    , m_taker(std::move(taker))
    , m_hooks(std::move(hooks))
    , m_out(limits::channelCreditBytes + 2 * limits::http2HeadBytes)
{
    if (m_taker->kind != Taker::Kind::Address)
        m_reader.emplace(m_taker->kind == Taker::Kind::Held);
}

TakerStream::~TakerStream()
{
    m_loop.cancel(m_timer);
}

void TakerStream::start()
{
    m_hooks.send(wire::Credit{m_stream, static_cast<std::uint32_t>(limits::channelCreditBytes)});
    restartSilence();
    if (m_taker->kind == Taker::Kind::Address)
        connect(*m_taker);
}

void TakerStream::connect(const Taker& taker)
{
    TakerSocket::Events events;
    events.room = [this] { return room(); };
    events.onData = [this](bytes::ByteView data) {
        restartSilence();
        answer(data);
    };
    events.onEnd = [this] { answerEnded(); };
    events.onWritten = [this] {
        restartSilence();
        grantBack();
    };
    events.onFailed = [this](wire::StealFailure failure, const std::string& words) {
        failed(failure, words);
    };
    m_socket = std::make_unique<TakerSocket>(m_loop, taker, std::move(events));
    m_socket->start();
}

// -- the request ---------------------------------------------------------------------------------

void TakerStream::onData(const wire::StealData& data)
{
    m_toGrant += frameOverhead + data.data.size();
    if (m_known)
        fromAgent(data.data);
    else
        detect(data.data);
    if (!m_finished)
        grantBack();
}

// HTTP/2 is translated for all but the programs that are said to speak what the caller does.
void TakerStream::detect(bytes::ByteView data)
{
    m_first += bytes::asText(data);
    const auto preface = Http2Translator::beginsHttp2(m_first);
    if (preface == Http2Translator::Preface::Unsure)
        return;
    m_known = true;
    const bool native =
        m_taker->kind == Taker::Kind::Address && m_taker->speaks == Taker::Speaks::AsCaller;
    if (preface == Http2Translator::Preface::Yes && !native)
        m_translator = std::make_unique<Http2Translator>();
    const std::string first = std::exchange(m_first, {});
    fromAgent(bytes::asBytes(first));
}

void TakerStream::fromAgent(bytes::ByteView data)
{
    if (!m_translator) {
        request(data);
        return;
    }
    if (!m_translator->fromAgent(data)) {
        failed(wire::StealFailure::Broken, m_translator->problem());
        return;
    }
    const std::string next = m_translator->takeRequest();
    if (!next.empty())
        request(bytes::asBytes(next));
    if (!m_finished)
        flush();
}

void TakerStream::request(bytes::ByteView data)
{
    if (m_reader) {
        m_reader->feed(data);
        readRequest();
    } else if (m_socket && !m_socket->write(data)) {
        failed(wire::StealFailure::Broken, "the agent sent more than its credit");
    }
}

void TakerStream::readRequest()
{
    if (m_decided)
        return;
    if (!m_reader->problem().empty()) {
        failed(wire::StealFailure::Refused, "it cannot be held: " + m_reader->problem());
        return;
    }
    if (!m_reader->hasHead())
        return;
    m_decided = m_taker->kind == Taker::Kind::Fixed || m_reader->complete();
    if (m_taker->kind == Taker::Kind::Fixed) {
        answerFixed(*m_taker);
    } else if (m_reader->complete()) {
        hold();
    } else if (m_reader->waitsForContinue() && !std::exchange(m_continued, true)) {
        m_made = goOn;
        flush();
    }
}

void TakerStream::onEnd()
{
    m_requestOver = true;
    if (m_socket && upgraded())
        m_socket->finishWriting();
}

// Room for more of the request, as soon as the program has what came before.
void TakerStream::grantBack()
{
    if (m_toGrant < grantEvery || (m_socket && !m_socket->drained()))
        return;
    m_hooks.send(wire::Credit{m_stream, static_cast<std::uint32_t>(std::exchange(m_toGrant, 0))});
}

// -- held ----------------------------------------------------------------------------------------

void TakerStream::hold()
{
    m_holding = true;
    m_heldUntil = io::Loop::now() + limits::heldPatience;
    if (!m_hooks.hold(m_stream, *m_reader)) {
        failed(wire::StealFailure::Refused,
               "more than " + std::to_string(limits::heldRequests) + " requests are held");
        return;
    }
    stillHeld();
}

// The agent takes a credit of nothing for a sign of life.
void TakerStream::stillHeld()
{
    if (io::Loop::now() >= m_heldUntil) {
        failed(wire::StealFailure::Silent,
               "nobody released it within " + std::to_string(limits::heldPatience.count()) + " s");
        return;
    }
    m_hooks.send(wire::Credit{m_stream, 0});
    const auto next =
        std::min<base::Duration>(limits::takerSilence / 3, m_heldUntil - io::Loop::now());
    m_loop.cancel(m_timer);
    m_timer = m_loop.after(next, [this] { stillHeld(); });
}

base::Status TakerStream::release(const Release& release)
{
    if (!m_holding)
        return base::Done{};
    if (release.to == Release::To::Original) {
        m_holding = false;
        failed(wire::StealFailure::Released, "released to its own service");
        return base::Done{};
    }
    if (release.to == Release::To::Answer) {
        auto made = fixedAnswer(release.answer, m_reader->method());
        if (!made)
            return made.error();
        m_holding = false;
        answerFixed(release.answer);
        return base::Done{};
    }
    auto edited = editedRequest(release.head, release.body);
    if (!edited)
        return edited.error();
    m_holding = false;
    if (m_translator)
        m_translator->answering(methodOf(*edited));
    restartSilence();
    m_reader.reset();
    connect(release.answer);
    if (!m_finished && !m_socket->write(bytes::asBytes(*edited)))
        failed(wire::StealFailure::Refused, "the request is too large");
    return base::Done{};
}

// -- the answer ----------------------------------------------------------------------------------

void TakerStream::answerFixed(const Taker& taker)
{
    auto made = fixedAnswer(taker, m_reader->method());
    if (!made) {
        failed(wire::StealFailure::Refused, made.error().text());
        return;
    }
    m_answered = true;
    m_answerOver = !m_translator;
    m_made = m_made.substr(m_madeSent) + *made;
    m_madeSent = 0;
    flush();
}

std::size_t TakerStream::sendable() const
{
    return m_credit <= frameOverhead ? 0
                                     : static_cast<std::size_t>(std::min<std::uint64_t>(
                                         m_credit - frameOverhead, chunkBytes));
}

// How much of the answer may be read: what can go on at once.
std::size_t TakerStream::room() const
{
    if (m_finished)
        return 0;
    if (m_translator)
        return m_translator->full() || !m_out.empty() ? 0 : chunkBytes;
    return m_out.empty() ? sendable() : 0;
}

void TakerStream::answer(bytes::ByteView data)
{
    m_answered = true;
    if (m_answerHead.size() < statusLineBytes)
        m_answerHead.append(bytes::asText(data).substr(0, statusLineBytes - m_answerHead.size()));
    if (!m_translator) {
        m_out.append(data);
    } else if (!m_translator->fromTaker(data)) {
        failed(wire::StealFailure::Broken, m_translator->problem());
        return;
    }
    flush();
}

void TakerStream::answerEnded()
{
    if (m_translator) {
        if (!m_translator->takerEnded())
            failed(wire::StealFailure::Broken, m_socket->where() + " " + m_translator->problem());
        else
            flush(); // the agent ends the stream when it has all
        return;
    }
    m_answerOver = true;
    flush();
}

// True if some of it went on.
bool TakerStream::feedMade()
{
    const bytes::ByteView left = bytes::asBytes(m_made).subspan(m_madeSent);
    const bytes::ByteView part = left.first(std::min(left.size(), chunkBytes));
    if (part.empty() || (m_translator ? m_translator->full() : !m_out.empty()))
        return false;
    m_madeSent += part.size();
    if (m_translator)
        static_cast<void>(m_translator->fromTaker(part)); // it is well formed
    else
        m_out.append(part);
    return true;
}

void TakerStream::flush()
{
    for (;;) {
        const bool fed = feedMade();
        while (m_translator && m_out.size() < chunkBytes) {
            const bytes::ByteView next = m_translator->toAgent();
            if (next.empty())
                break;
            m_out.append(next);
        }
        const std::size_t part = std::min(sendable(), m_out.size());
        if (part == 0 && !fed)
            break;
        if (part == 0)
            continue;
        sendData(m_out.view().first(part));
        m_out.consume(part);
    }
    m_out.releaseIfEmpty();
    endIfSaid();
}

void TakerStream::endIfSaid()
{
    if (m_answerOver && m_out.empty() && m_madeSent == m_made.size() && !m_finished) {
        const std::string where = m_socket ? m_socket->where() : std::string("the taker");
        m_hooks.send(wire::StealEnd{m_stream});
        finish({.answered = m_answered,
                .problem = m_answered ? "" : where + " closed without an answer",
                .byTaker = !m_answered});
    }
}

void TakerStream::sendData(bytes::ByteView data)
{
    m_credit -= frameOverhead + data.size();
    m_hooks.send(wire::StealData{m_stream, {data.begin(), data.end()}});
}

void TakerStream::onCredit(std::uint32_t bytes)
{
    m_credit = std::min<std::uint64_t>(m_credit + bytes, UINT32_MAX);
    flush();
    if (!m_finished && m_socket)
        m_socket->update();
}

// -- ends ----------------------------------------------------------------------------------------

void TakerStream::onReset(const wire::StealReset& reset)
{
    const bool plain = reset.failure == wire::StealFailure::Released
                       || reset.failure == wire::StealFailure::CallerGone;
    finish({.answered = m_answered, .problem = m_answered && plain ? "" : reset.message});
}

void TakerStream::restartSilence()
{
    m_loop.cancel(m_timer);
    m_timer = m_loop.after(limits::takerSilence, [this] {
        if (!m_answerHead.empty())
            return; // an answer that has begun may take as long as it likes
        failed(wire::StealFailure::Silent,
               (m_socket ? m_socket->where() : std::string("the taker")) + " said nothing for "
                   + std::to_string(limits::takerSilence.count()) + " s");
    });
}

void TakerStream::failed(wire::StealFailure failure, const std::string& words)
{
    if (m_finished)
        return;
    m_hooks.send(wire::StealReset{m_stream, failure, words});
    const bool released = failure == wire::StealFailure::Released;
    finish({.answered = m_answered && !released, .problem = words, .byTaker = !released});
}

void TakerStream::finish(TakerEnd end)
{
    if (std::exchange(m_finished, true))
        return;
    m_loop.cancel(m_timer);
    // Its owner may destroy it in the call; nothing of it is touched afterwards.
    const auto ended = m_hooks.ended;
    ended(m_stream, std::move(end));
}

} // namespace podglass::session
