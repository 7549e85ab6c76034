// SPDX-License-Identifier: Apache-2.0
#include "core/export/event_json.h"

#include "core/export/base64.h"
#include "core/export/printable.h"
#include "core/flow/secrets.h"

#include <array>

namespace podglass::exporting {

namespace {

using nlohmann::json;

// Puts bytes under `name`, or under `name`_base64 when they are no text.
void putBytes(json& object, const std::string& name, std::string_view data)
{
    if (validUtf8(data) == data)
        object[name] = data;
    else
        object[name + "_base64"] = base64(bytes::asBytes(data));
}

json fieldList(std::span<const flow::HeaderField> fields, Secrets secrets)
{
    json list = json::array();
    for (const flow::HeaderField& field : fields) {
        json entry;
        putBytes(entry, "name", field.name);
        if (secrets == Secrets::Masked && flow::carriesSecret(field.name))
            entry["value"] = "***";
        else
            putBytes(entry, "value", field.value);
        list.push_back(std::move(entry));
    }
    return list;
}

json flagList(std::uint16_t flags)
{
    constexpr std::array<const char*, 6> names{"ambiguous-framing",
                                               "malformed",
                                               "head-too-large",
                                               "joined-late",
                                               "obsolete-fold",
                                               "head-unreadable"};
    json list = json::array();
    for (std::size_t i = 0; i < names.size(); ++i)
        if ((flags >> i & 1) != 0)
            list.push_back(names.at(i));
    return list;
}

json frameFlagList(std::uint16_t flags)
{
    constexpr std::array<const char*, 4> names{"compressed", "final", "masked", "trailers"};
    json list = json::array();
    for (std::size_t i = 0; i < names.size(); ++i)
        if ((flags >> i & 1) != 0)
            list.push_back(names.at(i));
    return list;
}

// Writes the parts of one event; one overload for each kind.
class Writer
{
public:
    Writer(json& object, Secrets secrets)
        : m_object(object)
        , m_secrets(secrets)
    {}

    void operator()(const flow::ConnectionOpened& event)
    {
        kind("connection-opened");
        m_object["client"] = event.client.text();
        m_object["server"] = event.server.text();
        m_object["origin"] = nameOf(event.origin);
        m_object["joined_late"] = event.joinedLate;
        m_object["role_unknown"] = event.roleUnknown;
        if (event.vlans != decltype(event.vlans){})
            m_object["vlans"] = event.vlans;
    }

    void operator()(const flow::ConnectionClosed& event)
    {
        kind("connection-closed");
        m_object["reason"] = nameOf(event.reason);
        m_object["by"] = nameOf(event.by);
        m_object["stream_bytes"] = event.streamBytes;
    }

    void operator()(const flow::ProtocolDetected& event)
    {
        kind("protocol");
        m_object["protocol"] = nameOf(event.protocol);
        if (!event.detail.empty())
            putBytes(m_object, "detail", event.detail);
    }

    void operator()(const flow::RequestHead& event)
    {
        kind("request");
        m_object["exchange"] = event.exchange.value;
        putBytes(m_object, "method", event.method);
        putBytes(m_object, "target", event.target);
        head(event.version, event.flags, event.fields);
    }

    void operator()(const flow::ResponseHead& event)
    {
        kind("response");
        m_object["exchange"] = event.exchange.value;
        m_object["status"] = event.status;
        putBytes(m_object, "reason", event.reason);
        head(event.version, event.flags, event.fields);
    }

    void operator()(const flow::BodyData& event)
    {
        kind("body");
        m_object["exchange"] = event.exchange.value;
        data(event.direction, event.offset, event.data);
    }

    void operator()(const flow::MessageEnd& event)
    {
        kind("message-end");
        m_object["exchange"] = event.exchange.value;
        m_object["direction"] = nameOf(event.direction);
        m_object["fate"] = nameOf(event.fate);
        m_object["body_bytes"] = event.bodyBytes;
        m_object["body_bytes_withheld"] = event.bodyBytesWithheld;
        m_object["trailers"] = fieldList(event.trailers, m_secrets);
    }

    void operator()(const flow::StreamData& event)
    {
        kind("stream");
        data(event.direction, event.offset, event.data);
    }

    void operator()(const flow::Gap& event)
    {
        kind("gap");
        m_object["direction"] = nameOf(event.direction);
        m_object["offset"] = event.offset;
        m_object["length"] = event.length;
        m_object["cause"] = nameOf(event.kind);
    }

    void operator()(const flow::Anomaly& event)
    {
        kind("anomaly");
        m_object["anomaly"] = nameOf(event.kind);
        m_object["direction"] = nameOf(event.direction);
        m_object["offset"] = event.offset;
        m_object["length"] = event.length;
        putBytes(m_object, "kept", bytes::asText(event.kept));
        putBytes(m_object, "dropped", bytes::asText(event.dropped));
    }

    void operator()(const flow::Lost& event)
    {
        kind("lost");
        m_object["place"] = nameOf(event.place);
        m_object["direction"] = nameOf(event.direction);
        m_object["events"] = event.events;
        m_object["messages"] = event.messages;
        m_object["bytes"] = event.bytes;
    }

    void operator()(const flow::MessageFrame& event)
    {
        kind("frame");
        constexpr std::array<const char*, 10> names{"grpc-message",
                                                    "grpc-status",
                                                    "websocket-text",
                                                    "websocket-binary",
                                                    "websocket-continuation",
                                                    "websocket-close",
                                                    "websocket-ping",
                                                    "websocket-pong",
                                                    "stream-reset",
                                                    "go-away"};
        if (event.exchange)
            m_object["exchange"] = event.exchange.value;
        m_object["direction"] = nameOf(event.direction);
        m_object["frame"] = names.at(static_cast<std::size_t>(event.kind));
        m_object["offset"] = event.offset;
        m_object["length"] = event.length;
        m_object["flags"] = frameFlagList(event.flags);
        m_object["code"] = event.code;
    }

    void operator()(const flow::TlsHello& event)
    {
        kind("tls-hello");
        m_object["direction"] = nameOf(event.direction);
        m_object["version"] = event.version;
        putBytes(m_object, "server_name", event.serverName);
        putBytes(m_object, "protocols", event.protocols);
        m_object["encrypted_name"] = event.encryptedName;
    }

    void operator()(const flow::ProxyHeader& event)
    {
        kind("proxy-header");
        m_object["version"] = event.version;
        m_object["source"] = event.known ? event.source.text() : std::string();
        m_object["destination"] = event.known ? event.destination.text() : std::string();
        m_object["bytes"] = event.bytes;
    }

    void operator()(const flow::TlsTerminated& event)
    {
        kind("tls-terminated");
        m_object["version"] = event.version;
        putBytes(m_object, "server_name", event.serverName);
        putBytes(m_object, "protocol", event.protocol);
    }

    void operator()(const flow::StealDecision& event)
    {
        kind("decision");
        m_object["exchange"] = event.exchange.value;
        m_object["decision"] = nameOf(event.decision);
        m_object["taker"] = event.taker.value;
        m_object["filter_revision"] = event.filterRevision;
    }

private:
    void kind(const char* name) { m_object["kind"] = name; }

    void head(std::uint16_t version, std::uint16_t flags, std::span<const flow::HeaderField> fields)
    {
        m_object["version"] = std::to_string(version / 10) + "." + std::to_string(version % 10);
        m_object["flags"] = flagList(flags);
        m_object["fields"] = fieldList(fields, m_secrets);
    }

    void data(flow::Direction direction, std::uint64_t offset, bytes::ByteView data)
    {
        m_object["direction"] = nameOf(direction);
        m_object["offset"] = offset;
        putBytes(m_object, "text", bytes::asText(data));
    }

    json& m_object;
    Secrets m_secrets;
};

} // namespace

json toJson(const flow::Event& event, Secrets secrets)
{
    json object{{"connection", event.connection.value}, {"at", event.at.nanoseconds}};
    if (event.target)
        object["target_id"] = event.target.value;
    std::visit(Writer(object, secrets), event.body);
    return object;
}

} // namespace podglass::exporting
