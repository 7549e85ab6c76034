// SPDX-License-Identifier: Apache-2.0
#include "core/wire/codec.h"

#include "core/wire/decoder.h"
#include "core/wire/encoder.h"
#include "core/wire/head.h"

namespace podglass::wire {

namespace {

// A message's type number is its place in the variant from 1, an event's from 256 (FORMAT.md):
// both variants only ever grow at the end.
constexpr std::uint16_t firstMessageType = 1;
constexpr std::uint16_t firstEventType = 256;

base::Error malformed(const Frame& frame)
{
    return {.what = "a frame of type " + std::to_string(frame.type) + " does not follow its format",
            .where = "agent protocol",
            .advice = "the peer is damaged or not a Podglass program; reconnect"};
}

std::uint32_t channelOf(const Message& message)
{
    if (const auto* data = std::get_if<StealData>(&message))
        return data->stream;
    return controlChannel;
}

// Calls `build.operator()<T>()` for the index-th alternative.
template <typename Variant, typename Build, std::size_t... Indices>
bool construct(std::size_t index, Build build, std::index_sequence<Indices...> /*all*/)
{
    return ((index == Indices
             && (build.template operator()<std::variant_alternative_t<Indices, Variant>>(), true))
            || ...);
}

template <typename Variant, typename Build>
bool construct(std::size_t index, Build build)
{
    return construct<Variant>(
        index, build, std::make_index_sequence<std::variant_size_v<Variant>>{});
}

bool isTagged(const flow::ConnectionOpened& opened)
{
    return opened.vlans[0] != 0 || opened.vlans[1] != 0;
}

// Only where there are any, so that 1.1 and 1.2 differ in nothing else.
void decodeVlans(Decoder& decoder, flow::ConnectionOpened& opened)
{
    decoder(opened.vlans[0], opened.vlans[1]);
    if (!isTagged(opened))
        decoder.fail();
}

// Their data is the last field.
template <typename T>
constexpr bool endsWithData =
    std::is_same_v<T, flow::BodyData> || std::is_same_v<T, flow::StreamData>;

template <typename T>
constexpr bool hasBlob =
    std::is_same_v<T, flow::RequestHead> || std::is_same_v<T, flow::ResponseHead>;

} // namespace

namespace {

void append(std::vector<std::uint8_t>& out, bytes::ByteView bytes)
{
    out.insert(out.end(), bytes.begin(), bytes.end());
}

} // namespace

void encode(const Message& message, std::vector<std::uint8_t>& out)
{
    const auto type = static_cast<std::uint16_t>(firstMessageType + message.index());
    Scratch scratch;
    const std::size_t mark = beginFrame(scratch, type, channelOf(message));
    Encoder encoder(scratch);
    std::visit([&](const auto& m) { visit(encoder, m); }, message);
    finishFrame(scratch, mark);
    append(out, scratch.view());
}

void encode(const flow::Event& event, std::vector<std::uint8_t>& out)
{
    Scratch scratch;
    const bytes::ByteView data = encodeWithoutData(event, scratch);
    append(out, scratch.view());
    append(out, data);
}

namespace {

void encodeFields(Encoder& encoder, const flow::Event& event, bytes::ByteView& data)
{
    encoder(event.target, event.connection, event.at.nanoseconds);
    std::visit(
        [&](const auto& body) {
            using T = std::remove_cvref_t<decltype(body)>;
            if constexpr (endsWithData<T>)
                encoder.leaveOutBytes(data);
            if constexpr (hasBlob<T>)
                encodeHead(encoder, body);
            else if constexpr (std::is_same_v<T, flow::MessageEnd>)
                encodeEnd(encoder, body);
            else
                visit(encoder, body);
            if constexpr (std::is_same_v<T, flow::ConnectionOpened>) {
                if (isTagged(body))
                    encoder(body.vlans[0], body.vlans[1]);
            }
        },
        event.body);
}

} // namespace

bytes::ByteView encodeWithoutData(const flow::Event& event, Scratch& out)
{
    const auto type = static_cast<std::uint16_t>(firstEventType + event.body.index());
    const std::size_t mark = beginFrame(out, type, eventChannel);
    bytes::ByteView data;
    Encoder encoder(out);
    encodeFields(encoder, event, data);
    finishFrame(out, mark, data.size());
    return data;
}

FrameKind kindOf(const Frame& frame)
{
    if (frame.type >= firstMessageType
        && frame.type < firstMessageType + std::variant_size_v<Message>)
        return FrameKind::Control;
    if (frame.type >= firstEventType
        && frame.type < firstEventType + std::variant_size_v<flow::Body>)
        return FrameKind::Flow;
    return FrameKind::Unknown;
}

base::Result<Message> decodeMessage(const Frame& frame)
{
    Message message;
    Decoder decoder(frame.payload);
    construct<Message>(frame.type - firstMessageType,
                       [&]<typename T>() { visit(decoder, message.emplace<T>()); });
    if (!decoder.done())
        return malformed(frame);
    return message;
}

base::Status decodeEvent(const Frame& frame, flow::EventBatch& batch)
{
    flow::Event& event = batch.events.emplace_back();
    Decoder decoder(frame.payload);
    decoder(event.target, event.connection, event.at.nanoseconds);
    construct<flow::Body>(frame.type - firstEventType, [&]<typename T>() {
        T& body = event.body.emplace<T>();
        if constexpr (hasBlob<T>)
            decodeHead(decoder, body, batch);
        else if constexpr (std::is_same_v<T, flow::MessageEnd>)
            decodeEnd(decoder, body, batch);
        else
            visit(decoder, body);
        if constexpr (std::is_same_v<T, flow::ConnectionOpened>) {
            if (decoder.remaining() != 0)
                decodeVlans(decoder, body);
        }
    });
    if (!decoder.done()) {
        batch.events.pop_back();
        return malformed(frame);
    }
    batch.cost += frameHeaderBytes + frame.payload.size();
    return base::Done{};
}

std::optional<base::Error> refuseUnknown(const Frame& frame)
{
    if ((frame.flags & static_cast<std::uint16_t>(FrameFlag::MustUnderstand)) == 0)
        return std::nullopt;
    return base::Error{.what = "the peer sent a message (type " + std::to_string(frame.type)
                               + ") that this version must understand and does not",
                       .where = "agent protocol",
                       .advice = "use the same Podglass version on both ends"};
}

} // namespace podglass::wire
