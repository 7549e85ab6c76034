// SPDX-License-Identifier: Apache-2.0
#include "core/parse/websocket_session.h"

#include <algorithm>

namespace podglass::parse {

using Opcode = WebSocketFrames::Opcode;
using Item = WebSocketFrames::Item;

namespace {

flow::FrameKind kindOf(Opcode opcode)
{
    switch (opcode) {
    case Opcode::Continuation:
        return flow::FrameKind::WebSocketContinuation;
    case Opcode::Text:
        return flow::FrameKind::WebSocketText;
    case Opcode::Binary:
        return flow::FrameKind::WebSocketBinary;
    case Opcode::Close:
        return flow::FrameKind::WebSocketClose;
    case Opcode::Ping:
        return flow::FrameKind::WebSocketPing;
    case Opcode::Pong:
        return flow::FrameKind::WebSocketPong;
    }
    return flow::FrameKind::WebSocketBinary;
}

} // namespace

std::size_t WebSocketSession::read(flow::Direction direction,
                                   bytes::ByteView input,
                                   std::uint64_t position,
                                   base::Timestamp at)
{
    Side& side = m_sides.at(static_cast<std::size_t>(direction));
    std::size_t used = 0;
    for (;;) {
        const WebSocketFrames::Step step = side.frames.next(input.subspan(used));
        const bytes::ByteView part = input.subspan(used, step.consumed);
        if (step.item == Item::Payload)
            showPayload(direction, part, position + used, at);
        else if (m_showData)
            m_out.stream(direction, position + used, part, at);
        used += step.consumed;
        if (step.item == Item::NeedMore)
            return used;
        if (step.item == Item::Error) {
            sayOdd(direction, position + used, at);
            return used;
        }
        if (step.item == Item::Header) {
            side.payloadAt = position + used;
            side.closeCode = 0;
            if (side.frames.odd())
                sayOdd(direction, side.payloadAt, at);
            if (side.frames.opcode() != Opcode::Close)
                tell(direction, at);
        }
        // The code of a close is in its payload.
        if (side.frames.opcode() == Opcode::Close && side.frames.done() == side.frames.length())
            tell(direction, at);
    }
}

void WebSocketSession::tell(flow::Direction direction, base::Timestamp at)
{
    const Side& side = m_sides.at(static_cast<std::size_t>(direction));
    flow::MessageFrame frame;
    frame.exchange = m_exchange;
    frame.direction = direction;
    frame.kind = kindOf(side.frames.opcode());
    frame.offset = side.payloadAt;
    frame.length = side.frames.length();
    const auto flag = [&frame](bool set, flow::FrameFlag bit) {
        if (set)
            frame.flags |= static_cast<std::uint16_t>(bit);
    };
    flag(side.frames.compressed(), flow::FrameFlag::Compressed);
    flag(side.frames.final(), flow::FrameFlag::Final);
    flag(side.frames.masked(), flow::FrameFlag::Masked);
    frame.code = side.closeCode;
    m_out.emit(frame, at);
}

void WebSocketSession::showPayload(flow::Direction direction,
                                   bytes::ByteView data,
                                   std::uint64_t position,
                                   base::Timestamp at)
{
    Side& side = m_sides.at(static_cast<std::size_t>(direction));
    std::uint64_t place = side.frames.done() - data.size();
    std::array<std::uint8_t, 4'096> plain{};
    while (!data.empty()) {
        const std::size_t size = std::min(plain.size(), data.size());
        std::copy_n(data.begin(), size, plain.begin());
        side.frames.unmask(plain.data(), size, place);
        for (std::uint64_t i = place; i < 2 && i < place + size; ++i)
            if (side.frames.opcode() == Opcode::Close && side.frames.length() >= 2)
                side.closeCode |= static_cast<std::uint32_t>(plain.at(i - place))
                                  << (i == 0 ? 8 : 0);
        if (m_showData)
            m_out.stream(direction, position, bytes::ByteView(plain).first(size), at);
        data = data.subspan(size);
        place += size;
        position += size;
    }
}

bool WebSocketSession::gap(flow::Direction direction, std::uint64_t count)
{
    return m_sides.at(static_cast<std::size_t>(direction)).frames.skip(count);
}

// Once a direction.
void WebSocketSession::sayOdd(flow::Direction direction, std::uint64_t position, base::Timestamp at)
{
    bool& said = m_sides.at(static_cast<std::size_t>(direction)).oddity;
    if (said)
        return;
    said = true;
    m_out.emit(flow::Anomaly{flow::AnomalyKind::Malformed, direction, position, 0, {}, {}}, at);
}

} // namespace podglass::parse
