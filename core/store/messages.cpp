// SPDX-License-Identifier: Apache-2.0
#include "core/store/messages.h"

#include "core/content/decoder.h"

#include <algorithm>
#include <array>

namespace podglass::store {

using flow::FrameFlag;
using flow::FrameKind;
using Kind = MessageItem::Kind;

namespace {

bool flagged(const Frame& frame, FrameFlag flag)
{
    return (frame.flags & static_cast<std::uint16_t>(flag)) != 0;
}

Kind kindOf(const Frame& frame)
{
    switch (frame.kind) {
    case FrameKind::GrpcMessage:
        return flagged(frame, FrameFlag::Trailers) ? Kind::GrpcTrailers : Kind::GrpcMessage;
    case FrameKind::GrpcStatus:
        return Kind::GrpcStatus;
    case FrameKind::WebSocketText:
        return Kind::Text;
    case FrameKind::WebSocketBinary:
        return Kind::Binary;
    case FrameKind::WebSocketContinuation:
        return Kind::Continuation;
    case FrameKind::WebSocketClose:
        return Kind::Close;
    case FrameKind::WebSocketPing:
        return Kind::Ping;
    case FrameKind::WebSocketPong:
        return Kind::Pong;
    case FrameKind::StreamReset:
    case FrameKind::GoAway:
        return Kind::Reset;
    }
    return Kind::Binary;
}

std::string fieldOf(const FieldList& fields, std::string_view name)
{
    for (const flow::HeaderField& field : fields.all())
        if (std::ranges::equal(field.name, name, [](char a, char b) {
                return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
            }))
            return std::string(field.value);
    return {};
}

template <std::size_t Size>
std::string named(const std::array<const char*, Size>& names, std::uint32_t code)
{
    return code < Size ? names.at(code) : "code " + std::to_string(code);
}

// Decodes to the end; false: `problem` says why not.
bool decodeWhole(std::string_view bytes,
                 const std::string& coding,
                 std::string& out,
                 std::string& problem)
{
    content::DecodeLimits limits;
    limits.bytes = limits::messageViewBytes;
    content::Decoder decoder(bytes::asBytes(bytes), coding, true, limits);
    while (decoder.work()) {}
    out.assign(bytes::asText(decoder.bytes()));
    problem = decoder.stopped();
    return problem.empty();
}

} // namespace

std::string grpcStatusName(std::uint32_t code)
{
    constexpr std::array<const char*, 17> names{"OK",
                                                "CANCELLED",
                                                "UNKNOWN",
                                                "INVALID_ARGUMENT",
                                                "DEADLINE_EXCEEDED",
                                                "NOT_FOUND",
                                                "ALREADY_EXISTS",
                                                "PERMISSION_DENIED",
                                                "RESOURCE_EXHAUSTED",
                                                "FAILED_PRECONDITION",
                                                "ABORTED",
                                                "OUT_OF_RANGE",
                                                "UNIMPLEMENTED",
                                                "INTERNAL",
                                                "UNAVAILABLE",
                                                "DATA_LOSS",
                                                "UNAUTHENTICATED"};
    return named(names, code);
}

std::string closeCodeName(std::uint32_t code)
{
    constexpr std::array<const char*, 12> names{"normal closure",
                                                "going away",
                                                "protocol error",
                                                "unsupported data",
                                                "",
                                                "no status",
                                                "abnormal closure",
                                                "invalid data",
                                                "policy violation",
                                                "message too big",
                                                "extension missing",
                                                "internal error"};
    constexpr std::uint32_t first = 1000;
    return code >= first && code - first < names.size() ? names.at(code - first) : "";
}

std::string resetCodeName(std::uint32_t code)
{
    constexpr std::array<const char*, 14> names{"NO_ERROR",
                                                "PROTOCOL_ERROR",
                                                "INTERNAL_ERROR",
                                                "FLOW_CONTROL_ERROR",
                                                "SETTINGS_TIMEOUT",
                                                "STREAM_CLOSED",
                                                "FRAME_SIZE_ERROR",
                                                "REFUSED_STREAM",
                                                "CANCEL",
                                                "COMPRESSION_ERROR",
                                                "CONNECT_ERROR",
                                                "ENHANCE_YOUR_CALM",
                                                "INADEQUATE_SECURITY",
                                                "HTTP_1_1_REQUIRED"};
    return named(names, code);
}

void MessageReader::begin(const Store& /*store*/, const Content& content)
{
    const auto agreed =
        content::readDeflateAgreement(fieldOf(content.response.fields, "sec-websocket-extensions"));
    const std::array<bool, 2> takeover{agreed.clientTakeover, agreed.serverTakeover};
    for (std::size_t i = 0; i < takeover.size(); ++i)
        m_inflating.at(i).inflater = std::make_unique<content::MessageInflater>(takeover.at(i));
}

bool MessageReader::update(const Store& store, Number number)
{
    const Row* row = store.rows().at(number);
    const Content* content = store.rows().contentOf(number);
    const bool fresh = number != m_row;
    if (fresh)
        *this = MessageReader();
    m_row = number;
    if (row == nullptr || content == nullptr)
        return fresh;
    bool changed = fresh;
    if (static_cast<RowForm>(row->detail) == RowForm::EventStream)
        return takeEvents(*row, *content) || changed;
    if (m_inflating[0].inflater == nullptr)
        begin(store, *content);
    if (m_read < content->framesDropped) { // they came and went between two updates
        m_dropped += content->framesDropped - m_read;
        m_read = content->framesDropped;
        for (Inflating& each : m_inflating)
            each.inflater->lose();
    }
    for (std::size_t i = static_cast<std::size_t>(m_read - content->framesDropped);
         i < content->frames.size();
         ++i) {
        if (!take(store, *row, *content, content->frames[i]))
            break; // its payload is still to come
        ++m_read;
        changed = true;
    }
    return changed;
}

// False: wait for the rest of its payload.
bool MessageReader::take(const Store& store,
                         const Row& row,
                         const Content& content,
                         const Frame& frame)
{
    MessageItem item;
    item.at = frame.at;
    item.direction = frame.direction;
    item.kind = kindOf(frame);
    item.compressed = flagged(frame, FrameFlag::Compressed);
    item.length = frame.length;
    item.code = frame.code;
    const auto form = static_cast<RowForm>(row.detail);
    if (item.kind == Kind::GrpcStatus || item.kind == Kind::Reset) {
        if (item.kind == Kind::GrpcStatus) {
            item.payload = fieldOf(content.response.trailers, "grpc-message");
            if (item.payload.empty())
                item.payload = fieldOf(content.response.fields, "grpc-message");
        }
    } else if (form == RowForm::WebSocket) {
        const Connection* connection = store.connections().at(row.connection);
        const bool over = connection == nullptr || !connection->open;
        if (!takeWebSocket(store.stream(row.connection), frame, over, item))
            return false;
    } else if (!takeGrpc(content, frame, item)) {
        return false;
    }
    add(std::move(item));
    return true;
}

bool MessageReader::takeGrpc(const Content& content, const Frame& frame, MessageItem& item)
{
    const Message& message =
        frame.direction == flow::Direction::ClientToServer ? content.request : content.response;
    // A hole moves what is behind it: places are only certain before it.
    const std::uint64_t end = frame.offset + frame.length;
    if (message.missing == 0 && message.body.size() >= end) {
        decodeGrpc(content, frame, item);
        return true;
    }
    const bool mayCome = message.missing == 0 && !message.ended
                         && message.bodyBytes == message.body.size()
                         && frame.length <= limits::storeBodyBytes;
    if (mayCome)
        return false;
    item.note = message.missing != 0 ? "bytes before it were not captured"
                                     : "not kept (beyond the body limit, or cut)";
    return true;
}

void MessageReader::decodeGrpc(const Content& content, const Frame& frame, MessageItem& item)
{
    const bool request = frame.direction == flow::Direction::ClientToServer;
    const Message& message = request ? content.request : content.response;
    const auto kept =
        static_cast<std::size_t>(std::min<std::uint64_t>(frame.length, limits::messageViewBytes));
    const std::string_view payload = bytes::asText(
        bytes::ByteView(message.body).subspan(static_cast<std::size_t>(frame.offset), kept));
    if (kept < frame.length)
        item.note = "the first " + std::to_string(kept >> 10) + " KiB";
    if (!item.compressed) {
        item.payload = payload;
        return;
    }
    const std::string coding = fieldOf(message.fields, "grpc-encoding");
    std::string problem;
    if (coding.empty())
        item.note = "compressed; how, was not seen";
    else if (!decodeWhole(payload, coding, item.payload, problem))
        item.note = problem;
    if (coding.empty())
        item.payload = payload;
}

// `over`: no more bytes will come.
bool MessageReader::takeWebSocket(const Stream* stream,
                                  const Frame& frame,
                                  bool over,
                                  MessageItem& item)
{
    item.final = flagged(frame, FrameFlag::Final);
    const std::uint64_t wanted = std::min<std::uint64_t>(frame.length, limits::messageViewBytes);
    if (stream != nullptr)
        item.payload = stream->read(frame.direction, frame.offset, wanted);
    const bool whole = item.payload.size() == wanted;
    const auto forgotten =
        stream == nullptr ? 0 : stream->forgotten.at(static_cast<std::size_t>(frame.direction));
    bool passed = false; // later bytes are there, so these will not come
    if (stream != nullptr)
        for (const StreamPart& part : stream->parts)
            passed = passed
                     || (part.direction == frame.direction
                         && part.offset >= frame.offset + frame.length);
    if (!whole && !over && !passed && forgotten == 0)
        return false;
    if (!whole)
        item.note = forgotten != 0 ? "its bytes had to go, the stream is longer than what is kept"
                                   : "part of it was not captured";
    else if (wanted < frame.length)
        item.note = "the first " + std::to_string(wanted >> 10) + " KiB";
    if (item.kind == Kind::Close && item.payload.size() >= 2)
        item.payload.erase(0, 2); // the code
    inflate(frame, item);
    return true;
}

// RFC 7692 6.2: RSV1 stands on the first frame of a message; its last one gets the text.
void MessageReader::inflate(const Frame& frame, MessageItem& item)
{
    const bool control =
        item.kind == Kind::Close || item.kind == Kind::Ping || item.kind == Kind::Pong;
    Inflating& side = m_inflating.at(static_cast<std::size_t>(frame.direction));
    if (control)
        return;
    if (item.kind != Kind::Continuation) {
        side.compressed = item.compressed;
        side.message.clear();
        side.missed = false;
    }
    if (!side.compressed)
        return;
    item.compressed = true;
    side.missed = side.missed || !item.note.empty();
    if (!side.missed)
        side.message += item.payload;
    if (!item.final)
        return;
    if (side.missed) {
        side.inflater->lose();
        return;
    }
    std::string text;
    if (side.inflater->inflate(bytes::asBytes(side.message), limits::messageViewBytes, text))
        item.payload = std::move(text);
    else
        item.note = "cannot be inflated: an earlier message was not seen whole, or it is damaged";
    side.message.clear();
}

bool MessageReader::takeEvents(const Row& /*row*/, const Content& content)
{
    const Message& message = content.response;
    std::string decoded;
    bytes::ByteView body = message.body;
    const std::string coding = fieldOf(message.fields, "content-encoding");
    const bool coded = !coding.empty() && coding != "identity";
    if (coded) {
        if (m_eventBytes == body.size())
            return false;
        std::string problem;
        decodeWhole(bytes::asText(body), coding, decoded, problem);
        m_eventBytes = body.size();
        m_items.clear();
        m_bytes = 0;
        m_events = {};
        body = bytes::asBytes(decoded);
    } else {
        body = body.subspan(std::min(m_eventBytes, body.size()));
        m_eventBytes += body.size();
    }
    const std::size_t before = m_items.size();
    m_events.feed(body, [&](const content::ServerEvent& event) {
        MessageItem item;
        item.at = message.lastByte;
        item.direction = flow::Direction::ServerToClient;
        item.kind = event.comment ? Kind::Comment : Kind::ServerEvent;
        item.length = event.end - event.begin;
        item.name = event.type;
        item.id = event.id;
        item.payload = event.data;
        item.note = event.cut ? "longer than what is kept" : "";
        add(std::move(item));
    });
    return coded || m_items.size() != before;
}

void MessageReader::add(MessageItem item)
{
    m_bytes += item.payload.size();
    m_items.push_back(std::move(item));
    if (m_items.size() > limits::storeFrames) {
        m_bytes -= m_items.front().payload.size();
        m_items.pop_front();
        ++m_dropped;
    }
    for (std::size_t i = 0; m_bytes > limits::decodedBytes && i + 1 < m_items.size(); ++i) {
        if (m_items[i].payload.empty())
            continue;
        m_bytes -= m_items[i].payload.size();
        m_items[i].payload.clear();
        m_items[i].note = "its text had to go, to stay within the memory limit";
    }
}

} // namespace podglass::store
