// SPDX-License-Identifier: Apache-2.0
// EventText: an EventSink that writes events down as lines to read and to compare. Data parts that
// continue each other become one line, so that the account does not depend on how they were cut.
#pragma once

#include "core/base/digest.h"
#include "core/flow/event.h"

#include <array>
#include <cstdio>
#include <string>

namespace podglass::tests {

class EventText : public flow::EventSink
{
public:
    void onEvent(const flow::Event& event) override
    {
        std::visit([this](const auto& body) { line(body); }, event.body);
        m_lastTime = event.at;
    }

    // Everything so far.
    std::string text()
    {
        flush();
        return m_text;
    }

    [[nodiscard]] base::Timestamp lastTime() const { return m_lastTime; }

private:
    static std::string arrow(flow::Direction direction)
    {
        return direction == flow::Direction::ClientToServer ? ">" : "<";
    }

    static std::string id(flow::ExchangeId exchange)
    {
        return "#" + std::to_string(exchange.value);
    }

    static std::string escaped(std::string_view text)
    {
        std::string out;
        for (const char c : text) {
            const auto code = static_cast<unsigned char>(c);
            if (code >= 0x20 && code < 0x7f && c != '\\') {
                out += c;
            } else {
                std::array<char, 5> hex{};
                (void)std::snprintf(hex.data(), hex.size(), "\\x%02x", static_cast<unsigned>(code));
                out += hex.data();
            }
        }
        return out;
    }

    // Long data as a digest, so that a failure stays readable.
    static std::string shown(std::string_view data)
    {
        constexpr std::size_t readable = 200;
        if (data.size() <= readable)
            return escaped(data);
        base::Sha256 digest;
        digest.update(bytes::asBytes(data));
        return std::to_string(data.size()) + " bytes " + base::hex(digest.finish()).substr(0, 16);
    }

    static std::string fields(std::span<const flow::HeaderField> list)
    {
        std::string out;
        for (const flow::HeaderField& field : list)
            out += " " + escaped(field.name) + "=" + escaped(field.value);
        return out;
    }

    static std::string marks(std::uint16_t version, std::uint16_t flags)
    {
        std::string out = version == 11 ? "" : " v" + std::to_string(version);
        if (flags != 0)
            out += " flags=" + std::to_string(flags);
        return out;
    }

    void add(const std::string& line)
    {
        flush();
        m_text += line + "\n";
    }

    void data(const std::string& prefix, std::uint64_t offset, bytes::ByteView data)
    {
        if (prefix != m_prefix || offset != m_next) {
            flush();
            m_prefix = prefix;
            m_start = offset;
        }
        m_data += bytes::asText(data);
        m_next = offset + data.size();
    }

    void flush()
    {
        if (!m_prefix.empty())
            m_text += m_prefix + " @" + std::to_string(m_start) + " " + shown(m_data) + "\n";
        m_prefix.clear();
        m_data.clear();
    }

    void line(const flow::ConnectionOpened& event)
    {
        add("open " + event.client.text() + " -> " + event.server.text()
            + (event.joinedLate ? " late" : ""));
    }

    void line(const flow::ConnectionClosed& event)
    {
        add("closed " + std::to_string(static_cast<int>(event.reason)));
    }

    void line(const flow::ProtocolDetected& event)
    {
        constexpr std::array<const char*, 7> names{
            "unknown", "http/1", "http/2", "tls", "websocket", "server first", "raw"};
        add(std::string("protocol ") + names.at(static_cast<std::size_t>(event.protocol))
            + (event.detail.empty() ? "" : " " + escaped(event.detail)));
    }

    void line(const flow::RequestHead& event)
    {
        add("> " + id(event.exchange) + " " + escaped(event.method) + " " + shown(event.target)
            + marks(event.version, event.flags) + fields(event.fields));
    }

    void line(const flow::ResponseHead& event)
    {
        add("< " + id(event.exchange) + " " + std::to_string(event.status) + " "
            + escaped(event.reason) + marks(event.version, event.flags) + fields(event.fields));
    }

    void line(const flow::BodyData& event)
    {
        data(arrow(event.direction) + " " + id(event.exchange) + " body", event.offset, event.data);
    }

    void line(const flow::MessageEnd& event)
    {
        constexpr std::array<const char*, 5> fates{
            "complete", "cut by close", "cut by gap", "framing error", "unanswered"};
        add(arrow(event.direction) + " " + id(event.exchange) + " "
            + fates.at(static_cast<std::size_t>(event.fate)) + " " + std::to_string(event.bodyBytes)
            + (event.bodyBytesWithheld == 0
                   ? ""
                   : " withheld " + std::to_string(event.bodyBytesWithheld))
            + fields(event.trailers));
    }

    void line(const flow::StreamData& event)
    {
        data(arrow(event.direction) + " raw", event.offset, event.data);
    }

    void line(const flow::Gap& event)
    {
        add(arrow(event.direction) + " gap @" + std::to_string(event.offset) + " "
            + std::to_string(event.length));
    }

    void line(const flow::Anomaly& event)
    {
        add(arrow(event.direction) + " anomaly " + std::to_string(static_cast<int>(event.kind)));
    }

    void line(const flow::Lost& event) { add("lost " + std::to_string(event.bytes)); }

    void line(const flow::StealDecision& event)
    {
        add("decision " + std::to_string(static_cast<int>(event.decision)));
    }

    void line(const flow::MessageFrame& event)
    {
        constexpr std::array<const char*, 10> names{"grpc",
                                                    "grpc status",
                                                    "text",
                                                    "binary",
                                                    "continuation",
                                                    "close",
                                                    "ping",
                                                    "pong",
                                                    "reset",
                                                    "goaway"};
        add(arrow(event.direction) + (event.exchange ? " " + id(event.exchange) : std::string())
            + " " + names.at(static_cast<std::size_t>(event.kind)) + " @"
            + std::to_string(event.offset) + " " + std::to_string(event.length)
            + (event.flags == 0 ? "" : " flags=" + std::to_string(event.flags))
            + (event.code == 0 ? "" : " code=" + std::to_string(event.code)));
    }

    void line(const flow::TlsHello& event)
    {
        add(arrow(event.direction) + " hello " + std::to_string(event.version) + " "
            + escaped(event.serverName) + " alpn=" + escaped(event.protocols)
            + (event.encryptedName ? " ech" : ""));
    }

    void line(const flow::TlsTerminated& event)
    {
        add("tls terminated " + escaped(event.serverName) + " " + escaped(event.protocol));
    }

    void line(const flow::ProxyHeader& event)
    {
        add("proxy v" + std::to_string(event.version) + " "
            + (event.known ? event.source.text() + " -> " + event.destination.text() : "unknown")
            + " " + std::to_string(event.bytes));
    }

    std::string m_text;
    std::string m_prefix; // of the data line being gathered
    std::string m_data;
    std::uint64_t m_start = 0;
    std::uint64_t m_next = 0;
    base::Timestamp m_lastTime;
};

} // namespace podglass::tests
