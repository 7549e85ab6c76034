// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/filter_subject.h"

#include "core/parse/http1_parser.h"

#include <nlohmann/json.hpp>

#include <arpa/inet.h>

namespace podglass::ctl {

namespace {

using nlohmann::json;

base::Error badSubject(std::string what)
{
    return {std::move(what), "request to test", {}};
}

// "10.0.0.1:80", "[::1]:80", or an address alone.
bool readEndpoint(std::string text, flow::Endpoint& out)
{
    std::string port;
    const std::size_t bracket = text.find(']');
    const std::size_t colon = text.rfind(':');
    if (bracket != std::string::npos) {
        port = text.size() > bracket + 2 ? text.substr(bracket + 2) : "";
        text = text.substr(1, bracket - 1);
    } else if (colon != std::string::npos && text.find(':') == colon) {
        port = text.substr(colon + 1);
        text = text.substr(0, colon);
    }
    if (text.find(':') == std::string::npos)
        text.insert(0, "::ffff:");
    if (inet_pton(AF_INET6, text.c_str(), out.address.data()) != 1)
        return false;
    unsigned long number = 0;
    for (const char c : port) {
        if (c < '0' || c > '9' || number > 65'535)
            return false;
        number = number * 10 + static_cast<unsigned long>(c - '0');
    }
    out.port = static_cast<std::uint16_t>(number);
    return number <= 65'535;
}

template <typename Number>
std::optional<Number> number(const json& object, const char* key)
{
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number_unsigned()
        || found->get<std::uint64_t>() > std::numeric_limits<Number>::max())
        return {};
    return found->get<Number>();
}

std::string text(const json& object, const char* key, const char* otherwise)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>()
                                                       : std::string(otherwise);
}

} // namespace

base::Result<OwnedSubject> OwnedSubject::fromHttp(std::string_view input)
{
    std::string text(input);
    text += text.empty() || text.back() == '\n' ? "\n" : "\n\n";
    parse::Http1Parser parser(parse::Http1Parser::Kind::Request);
    const auto step = parser.next(bytes::asBytes(text));
    if (step.item != parse::Http1Item::Head)
        return badSubject(parser.problem().empty() ? "no whole request head"
                                                   : std::string(parser.problem()));
    OwnedSubject made;
    made.m_method = parser.head().method;
    made.m_target = parser.head().target;
    for (const flow::HeaderField& field : parser.head().fields)
        made.m_fields.emplace_back(field.name, field.value);
    return made;
}

base::Result<OwnedSubject> OwnedSubject::fromJson(std::string_view line)
{
    const json object = json::parse(line, nullptr, false);
    if (!object.is_object())
        return badSubject("not a JSON object");
    OwnedSubject made;
    made.m_method = text(object, "method", "GET");
    made.m_target = text(object, "target", "/");
    made.m_mode = text(object, "mode", "");
    const json headers = object.value("headers", json::object());
    for (const auto& [name, value] : headers.items()) {
        if (headers.is_object() && value.is_string())
            made.m_fields.emplace_back(name, value.get<std::string>());
        else if (headers.is_array() && value.is_array() && value.size() == 2 && value[0].is_string()
                 && value[1].is_string())
            made.m_fields.emplace_back(value[0].get<std::string>(), value[1].get<std::string>());
        else
            return badSubject("headers are neither {name: value} nor [[name, value], ...]");
    }
    const std::string source = text(object, "source", "");
    if (!source.empty() && !readEndpoint(source, made.m_facts.source))
        return badSubject("source is not an address");
    made.m_facts.port = number<std::uint16_t>(object, "port").value_or(0);
    made.m_facts.status = number<std::uint16_t>(object, "status");
    made.m_facts.durationMilliseconds = number<std::uint64_t>(object, "duration_ms");
    made.m_facts.size = number<std::uint64_t>(object, "size");
    return made;
}

filter::Subject OwnedSubject::subject() const
{
    m_views.clear();
    for (const auto& [name, value] : m_fields)
        m_views.push_back({name, value});
    filter::Subject subject = m_facts;
    subject.method = m_method;
    subject.target = m_target;
    subject.mode = m_mode;
    subject.fields = m_views;
    return subject;
}

} // namespace podglass::ctl
