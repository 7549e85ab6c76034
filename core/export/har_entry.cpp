// SPDX-License-Identifier: Apache-2.0
#include "core/export/har_entry.h"

#include "core/export/base64.h"
#include "core/export/har_body.h"
#include "core/export/har_fields.h"
#include "core/store/messages.h"

#include <algorithm>
#include <array>

namespace podglass::exporting {

namespace {

constexpr int microsecondDigits = 3; // of milliseconds

double milliseconds(base::Timestamp from, base::Timestamp until)
{
    return std::max(0.0, static_cast<double>(base::elapsed(from, until).count()) / 1e6);
}

std::string versionText(std::uint8_t version)
{
    return "HTTP/" + std::to_string(version / 10) + "." + std::to_string(version % 10);
}

const char* nameOf(store::RowState state)
{
    switch (state) {
    case store::RowState::Open:
        return "not over yet";
    case store::RowState::Done:
        return "";
    case store::RowState::Cut:
        return "the connection ended inside it";
    case store::RowState::Gapped:
        return "a part of it was not seen";
    case store::RowState::Broken:
        return "its framing is wrong; the rest of the connection is raw";
    case store::RowState::Unanswered:
        return "no response came";
    }
    return "";
}

// Writes the members of one entry.
class Entry
{
public:
    Entry(JsonText& json,
          const store::Store& store,
          store::Number number,
          Secrets secrets,
          HarFigures& figures)
        : m_json(json)
        , m_store(store)
        , m_number(number)
        , m_row(*store.rows().at(number))
        , m_content(store.rows().contentOf(number))
        , m_fields(json, secrets, figures)
        , m_figures(figures)
    {}

    void write()
    {
        ++m_figures.entries;
        if (m_content == nullptr) {
            m_content = &m_nothing;
            ++m_figures.withoutData;
            say("heads and bodies were dropped to stay within the memory limit");
        }
        if (const char* state = nameOf(m_row.state); *state != 0)
            say(state);
        if ((m_row.flags & store::RowRequestUnseen) != 0)
            say("the request was not seen");
        if ((m_row.flags & store::RowUnreadable) != 0)
            say("heads are compressed with what was not seen");
        m_json.beginObject();
        m_json.member("startedDateTime", isoTime(m_row.at));
        timings();
        request();
        response();
        m_json.key("cache");
        m_json.beginObject();
        m_json.endObject();
        connection();
        m_json.member("_mode", store::modeName(m_row.mode));
        if (static_cast<store::RowForm>(m_row.detail) == store::RowForm::WebSocket)
            webSocketMessages();
        if (!m_comment.empty())
            m_json.member("comment", m_comment);
        m_json.endObject();
    }

private:
    void say(const std::string& what) { m_comment += (m_comment.empty() ? "" : "; ") + what; }

    void timings()
    {
        const store::Message& request = m_content->request;
        const store::Message& response = m_content->response;
        double send = 0;
        double wait = static_cast<double>(m_row.microseconds) / 1e3;
        double receive = 0;
        if (request.headSeen && response.headSeen) {
            send = milliseconds(request.firstByte, request.lastByte);
            wait = milliseconds(request.lastByte, response.firstByte);
            receive = milliseconds(response.firstByte, response.lastByte);
        }
        m_json.key("time");
        m_json.decimal(send + wait + receive, microsecondDigits);
        m_json.key("timings");
        m_json.beginObject();
        for (const char* unknown : {"blocked", "dns", "connect", "ssl"})
            m_json.member(unknown, -1);
        const std::array<std::pair<const char*, double>, 3> known{
            {{"send", send}, {"wait", wait}, {"receive", receive}}};
        for (const auto& [name, took] : known) {
            m_json.key(name);
            m_json.decimal(took, microsecondDigits);
        }
        m_json.endObject();
    }

    // The target as sent may be a path, a whole URL, or an authority (RFC 9112 3.2).
    [[nodiscard]] std::string url() const
    {
        const auto& texts = m_store.rows().texts();
        const std::string_view target = texts.text(m_row.path);
        if (target.find("://") < target.find('/'))
            return std::string(target);
        if (texts.text(m_row.method) == "CONNECT")
            return "http://" + std::string(target) + "/";
        std::string host(texts.text(m_row.host));
        if (host.empty())
            if (const store::Connection* from = m_store.connections().at(m_row.connection))
                host = from->server.text();
        if (host.empty())
            host = "unknown";
        return "http://" + host + (target.starts_with('/') ? "" : "/") + std::string(target);
    }

    void request()
    {
        const store::Message& message = m_content->request;
        const std::string url = this->url();
        m_json.key("request");
        m_json.beginObject();
        m_json.member("method", m_store.rows().texts().text(m_row.method));
        m_json.member("url", url);
        m_json.member("httpVersion", versionText(m_row.version));
        m_fields.requestCookies(message.fields.all());
        m_fields.headers("headers", message.fields.all());
        m_fields.query(url);
        if (message.bodyBytes != 0 || !message.body.empty())
            postData(message);
        trailer(message);
        m_json.endObject();
    }

    void postData(const store::Message& message)
    {
        const HarBody body = take(message);
        m_json.key("postData");
        m_json.beginObject();
        m_json.member("mimeType", valueOf(message.fields.all(), "content-type"));
        m_json.member("text", body.text);
        if (body.base64)
            m_json.member("_encoding", "base64"); // HAR has no word for it here
        if (!body.comment.empty())
            m_json.member("comment", body.comment);
        m_json.endObject();
    }

    void response()
    {
        const store::Message& message = m_content->response;
        m_json.key("response");
        m_json.beginObject();
        m_json.member("status", m_row.status);
        m_json.member("statusText", m_content->reason);
        m_json.member("httpVersion", m_row.status == 0 ? "" : versionText(m_row.version));
        m_fields.responseCookies(message.fields.all());
        m_fields.headers("headers", message.fields.all());
        content(message);
        m_json.member("redirectURL", valueOf(message.fields.all(), "location"));
        trailer(message);
        m_json.endObject();
    }

    void content(const store::Message& message)
    {
        const HarBody body = take(message);
        m_json.key("content");
        m_json.beginObject();
        m_json.member("size", body.size);
        if (body.size != body.wire)
            m_json.member("compression",
                          static_cast<std::int64_t>(body.size)
                              - static_cast<std::int64_t>(body.wire));
        m_json.member("mimeType", valueOf(message.fields.all(), "content-type"));
        if (!message.body.empty())
            m_json.member("text", body.text);
        if (body.base64)
            m_json.member("encoding", "base64");
        if (!body.comment.empty())
            m_json.member("comment", body.comment);
        m_json.endObject();
    }

    HarBody take(const store::Message& message)
    {
        HarBody body = harBody(message);
        if (!body.whole || message.missing != 0)
            ++m_figures.bodiesCut;
        return body;
    }

    // What stands behind the body, and the sizes.
    void trailer(const store::Message& message)
    {
        if (message.trailers.size() != 0)
            m_fields.headers("_trailers", message.trailers.all());
        // HTTP/2: how long the compressed head was is not told.
        m_json.member("headersSize",
                      message.raw.empty() ? std::int64_t{-1}
                                          : static_cast<std::int64_t>(message.raw.size()));
        m_json.member("bodySize",
                      message.headSeen ? static_cast<std::int64_t>(message.bodyBytes)
                                       : std::int64_t{-1});
    }

    void connection()
    {
        const store::Connection* from = m_store.connections().at(m_row.connection);
        if (from == nullptr)
            return;
        m_json.member("serverIPAddress", from->server.addressText());
        m_json.member("connection", std::to_string(m_row.connection));
        m_json.member("_serverPort", from->server.port);
        m_json.member("_client", from->client.text());
    }

    void webSocketMessages()
    {
        store::MessageReader reader;
        reader.update(m_store, m_number);
        m_json.key("_webSocketMessages");
        m_json.beginArray();
        for (const store::MessageItem& item : reader.items())
            webSocketMessage(item);
        m_json.endArray();
        if (reader.dropped() != 0)
            say(std::to_string(reader.dropped()) + " older messages are not here");
    }

    void webSocketMessage(const store::MessageItem& item)
    {
        using Kind = store::MessageItem::Kind;
        constexpr std::array<std::pair<Kind, int>, 6> codes{{{Kind::Continuation, 0},
                                                             {Kind::Text, 1},
                                                             {Kind::Binary, 2},
                                                             {Kind::Close, 8},
                                                             {Kind::Ping, 9},
                                                             {Kind::Pong, 10}}}; // RFC 6455 5.2
        const auto* code = std::find_if(codes.begin(), codes.end(), [&](const auto& entry) {
            return entry.first == item.kind;
        });
        if (code == codes.end())
            return;
        m_json.beginObject();
        m_json.member("type",
                      item.direction == flow::Direction::ClientToServer ? "send" : "receive");
        m_json.key("time");
        m_json.decimal(static_cast<double>(item.at.nanoseconds) / 1e9, 6);
        m_json.member("opcode", code->second);
        m_json.member(
            "data", item.kind == Kind::Text ? item.payload : base64(bytes::asBytes(item.payload)));
        if (!item.note.empty())
            m_json.member("_comment", item.note);
        m_json.endObject();
    }

    JsonText& m_json;
    const store::Store& m_store;
    store::Number m_number;
    const store::Row& m_row;
    const store::Content* m_content;
    store::Content m_nothing;
    HarFields m_fields;
    HarFigures& m_figures;
    std::string m_comment;
};

} // namespace

void appendHarEntry(JsonText& json,
                    const store::Store& store,
                    store::Number number,
                    Secrets secrets,
                    HarFigures& figures)
{
    Entry(json, store, number, secrets, figures).write();
}

} // namespace podglass::exporting
