// SPDX-License-Identifier: Apache-2.0
#include "core/export/report_json.h"

#include "core/export/event_json.h"
#include "core/export/json_text.h"

namespace podglass::exporting {

namespace {

std::string name(const flow::Endpoint& endpoint)
{
    return endpoint.addressText() + "|" + std::to_string(endpoint.port);
}

void append(JsonText& json, const StreamReport& report)
{
    json.beginObject();
    json.member("bytes", report.bytes);
    json.member("sha256", base::hex(report.sha256));
    json.key("gaps");
    json.beginArray();
    for (const auto& [offset, length] : report.gaps) {
        json.beginArray();
        json.value(offset);
        json.value(length);
        json.endArray();
    }
    json.endArray();
    json.endObject();
}

void append(JsonText& json, const MessageReport& report)
{
    json.beginObject();
    if (report.direction == flow::Direction::ClientToServer) {
        json.member("kind", "request");
        json.member("method", report.method);
        json.member("uri", report.target);
    } else {
        json.member("kind", "response");
        json.member("status", report.status);
    }
    json.member("body_len", report.bodyBytes);
    json.member("body_sha256", base::hex(report.bodySha256));
    if (report.fate != flow::MessageFate::Complete)
        json.member("fate", nameOf(report.fate));
    json.endObject();
}

void fate(JsonText& json, std::string_view key, const std::optional<flow::MessageFate>& fate)
{
    json.key(key);
    if (fate)
        json.value(nameOf(*fate));
    else
        json.value(nullptr);
}

} // namespace

void appendJson(std::string& out,
                const ConnectionReport& report,
                std::uint64_t firstFrame,
                bool clientFirst)
{
    JsonText json(out);
    json.beginObject();
    json.member("a", name(clientFirst ? report.opened.client : report.opened.server));
    json.member("b", name(clientFirst ? report.opened.server : report.opened.client));
    json.member("first_frame", firstFrame);
    json.key("ab");
    append(json, report.streams[clientFirst ? 0 : 1]);
    json.key("ba");
    append(json, report.streams[clientFirst ? 1 : 0]);
    json.key("anomalies");
    json.beginArray();
    for (const std::string& anomaly : report.anomalies)
        json.value(anomaly);
    json.endArray();
    json.key("http");
    json.beginArray();
    for (const MessageReport& message : report.messages)
        append(json, message);
    json.endArray();
    json.member("protocol", nameOf(report.protocol));
    json.member("close", nameOf(report.closed.reason));
    if (!report.protocolDetail.empty())
        json.member("server_name", report.protocolDetail);
    json.endObject();
}

void appendJson(std::string& out, const ExchangeReport& report)
{
    JsonText json(out);
    json.beginObject();
    json.member("exchange", report.exchange.value);
    json.member("connection", report.connection.value);
    json.member("client", report.client.text());
    json.member("server", report.server.text());
    json.member("request_at", report.requestAt.nanoseconds);
    json.member("duration_ns", base::elapsed(report.requestAt, report.endedAt).count());
    json.member("request_body_bytes", report.requestBodyBytes);
    json.member("response_body_bytes", report.responseBodyBytes);
    if (report.hasRequest) {
        json.member("method", report.method);
        json.member("target", report.target);
    }
    if (report.status != 0) {
        json.member("status", report.status);
        json.member("response_at", report.responseAt.nanoseconds);
    }
    fate(json, "request_fate", report.requestFate);
    fate(json, "response_fate", report.responseFate);
    json.endObject();
}

} // namespace podglass::exporting
