// SPDX-License-Identifier: Apache-2.0
#include "core/export/message_text.h"

#include "core/content/protobuf.h"
#include "core/export/event_json.h"
#include "core/export/printable.h"

#include <array>
#include <cstdio>

namespace podglass::exporting {

using Kind = store::MessageItem::Kind;

namespace {

constexpr std::size_t shownBytes = 160;

const char* nameOf(Kind kind)
{
    switch (kind) {
    case Kind::GrpcMessage:
        return "message";
    case Kind::GrpcTrailers:
        return "trailers";
    case Kind::GrpcStatus:
        return "status";
    case Kind::Text:
        return "text";
    case Kind::Binary:
        return "binary";
    case Kind::Continuation:
        return "continuation";
    case Kind::Close:
        return "close";
    case Kind::Ping:
        return "ping";
    case Kind::Pong:
        return "pong";
    case Kind::ServerEvent:
        return "event";
    case Kind::Comment:
        return "comment";
    case Kind::Reset:
        return "reset";
    }
    return "";
}

std::string seconds(base::Timestamp start, base::Timestamp at)
{
    std::array<char, 32> text{};
    (void)std::snprintf(text.data(),
                        text.size(),
                        "%+.3f s",
                        static_cast<double>(base::elapsed(start, at).count()) / 1e9);
    return text.data();
}

std::string contentOf(const store::MessageItem& item)
{
    const std::string shown = printable(item.payload.substr(0, shownBytes));
    switch (item.kind) {
    case Kind::GrpcStatus:
        return store::grpcStatusName(item.code) + (shown.empty() ? "" : "  " + shown);
    case Kind::Reset:
        return store::resetCodeName(item.code);
    case Kind::Close:
        return std::to_string(item.code) + " " + store::closeCodeName(item.code)
               + (shown.empty() ? "" : "  " + shown);
    case Kind::GrpcMessage: {
        const std::string fields = content::protobufLine(bytes::asBytes(item.payload), shownBytes);
        return fields.empty() ? shown : printable(fields);
    }
    case Kind::ServerEvent:
        return (item.name.empty() ? "" : printable(item.name) + "  ")
               + (item.id.empty() ? "" : "#" + printable(item.id) + "  ") + shown;
    default:
        return shown;
    }
}

std::string titleOf(const store::Store& store, const store::Row& row)
{
    const auto& texts = store.rows().texts();
    std::string title = "#" + std::to_string(row.connection) + " "
                        + printable(texts.text(row.method)) + " " + printable(texts.text(row.path));
    if (row.kind == store::RowKind::Connection)
        title += printable(texts.text(row.host));
    if ((row.flags & store::RowRequestUnseen) != 0)
        title += "(request not seen)";
    if ((row.flags & store::RowUnreadable) != 0)
        title += "(headers unreadable)";
    if (row.status != 0)
        title += "  " + std::to_string(row.status);
    if (row.grpcStatus != store::noGrpcStatus)
        title += " " + store::grpcStatusName(row.grpcStatus);
    return title;
}

} // namespace

std::string toText(const store::MessageItem& item, base::Timestamp start)
{
    std::string line = item.direction == flow::Direction::ClientToServer ? "  > " : "  < ";
    line += seconds(start, item.at) + "  " + nameOf(item.kind);
    if (item.compressed)
        line += " compressed";
    if (!item.final)
        line += " part";
    line += "  " + std::to_string(item.length) + " B  " + contentOf(item);
    return item.note.empty() ? line : line + "  [" + item.note + "]";
}

void writeMessages(const store::Store& store, const std::function<void(const std::string&)>& line)
{
    const store::Rows& rows = store.rows();
    for (store::Number number = rows.first(); number < rows.end(); ++number) {
        const store::Row& row = *rows.at(number);
        if (row.kind == store::RowKind::Gap)
            line("#" + std::to_string(row.connection) + " gap of "
                 + std::to_string(row.responseBytes)
                 + " bytes: " + exporting::nameOf(static_cast<flow::GapKind>(row.detail)));
        if (row.kind == store::RowKind::Conflict)
            line("#" + std::to_string(row.connection) + " conflict: "
                 + std::to_string(row.responseBytes) + " bytes came twice with different content");
        if (row.kind != store::RowKind::Exchange && row.kind != store::RowKind::Connection)
            continue;
        line(titleOf(store, row));
        store::MessageReader reader;
        reader.update(store, number);
        for (const store::MessageItem& item : reader.items())
            line(toText(item, row.at));
    }
}

} // namespace podglass::exporting
