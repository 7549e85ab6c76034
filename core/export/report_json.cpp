// SPDX-License-Identifier: Apache-2.0
#include "core/export/report_json.h"

#include "core/export/event_json.h"
#include "core/export/printable.h"

namespace podglass::exporting {

namespace {

using nlohmann::json;

std::string name(const flow::Endpoint& endpoint)
{
    return endpoint.addressText() + "|" + std::to_string(endpoint.port);
}

json stream(const StreamReport& report)
{
    return {{"bytes", report.bytes}, {"sha256", base::hex(report.sha256)}, {"gaps", report.gaps}};
}

json message(const MessageReport& report)
{
    json object;
    if (report.direction == flow::Direction::ClientToServer) {
        object = {{"kind", "request"},
                  {"method", validUtf8(report.method)},
                  {"uri", validUtf8(report.target)}};
    } else {
        object = {{"kind", "response"}, {"status", report.status}};
    }
    object["body_len"] = report.bodyBytes;
    object["body_sha256"] = base::hex(report.bodySha256);
    if (report.fate != flow::MessageFate::Complete)
        object["fate"] = nameOf(report.fate);
    return object;
}

} // namespace

json toJson(const ConnectionReport& report, std::uint64_t firstFrame, bool clientFirst)
{
    json messages = json::array();
    for (const MessageReport& entry : report.messages)
        messages.push_back(message(entry));
    const StreamReport& up = report.streams[0];
    const StreamReport& down = report.streams[1];
    json object{{"a", name(clientFirst ? report.opened.client : report.opened.server)},
                {"b", name(clientFirst ? report.opened.server : report.opened.client)},
                {"first_frame", firstFrame},
                {"ab", stream(clientFirst ? up : down)},
                {"ba", stream(clientFirst ? down : up)},
                {"anomalies", report.anomalies},
                {"http", messages},
                {"protocol", nameOf(report.protocol)},
                {"close", nameOf(report.closed.reason)}};
    if (!report.protocolDetail.empty())
        object["server_name"] = validUtf8(report.protocolDetail);
    return object;
}

json toJson(const ExchangeReport& report)
{
    json object{{"exchange", report.exchange.value},
                {"connection", report.connection.value},
                {"client", report.client.text()},
                {"server", report.server.text()},
                {"request_at", report.requestAt.nanoseconds},
                {"duration_ns", base::elapsed(report.requestAt, report.endedAt).count()},
                {"request_body_bytes", report.requestBodyBytes},
                {"response_body_bytes", report.responseBodyBytes}};
    if (report.hasRequest) {
        object["method"] = validUtf8(report.method);
        object["target"] = validUtf8(report.target);
    }
    if (report.status != 0) {
        object["status"] = report.status;
        object["response_at"] = report.responseAt.nanoseconds;
    }
    object["request_fate"] = report.requestFate ? json(nameOf(*report.requestFate)) : json();
    object["response_fate"] = report.responseFate ? json(nameOf(*report.responseFate)) : json();
    return object;
}

} // namespace podglass::exporting
