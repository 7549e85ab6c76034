// SPDX-License-Identifier: Apache-2.0
#include "core/parse/http2_head.h"

#include "core/parse/http1_text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace podglass::parse {

namespace {

using flow::HeaderField;

constexpr auto malformed = static_cast<std::uint16_t>(flow::MessageFlag::Malformed);

// RFC 9113 8.2.2: what belongs to the connection has no place in HTTP/2.
bool connectionSpecific(const HeaderField& field)
{
    constexpr std::array<std::string_view, 5> names{
        "connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade"};
    return std::find(names.begin(), names.end(), field.name) != names.end()
           || (field.name == "te" && field.value != "trailers");
}

// RFC 9113 8.2.1. `name` without the colon of a pseudo-header field.
bool soundName(std::string_view name)
{
    return http1::isToken(name)
           && std::none_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool soundValue(std::string_view value)
{
    // find_first_of() would search the three anew for each character.
    const auto forbidden = [](char c) { return c == '\0' || c == '\r' || c == '\n'; };
    return std::none_of(value.begin(), value.end(), forbidden)
           && (value.empty() || (!http1::isBlank(value.front()) && !http1::isBlank(value.back())));
}

bool soundTarget(std::string_view target)
{
    return std::none_of(target.begin(), target.end(), [](char c) {
        const auto code = static_cast<unsigned char>(c);
        return code <= 0x20 || code == 0x7f;
    });
}

// The fields that are no pseudo-header fields, into `head`.
void takeField(const HeaderField& field, Http2Head& head)
{
    if (!soundName(field.name) || !soundValue(field.value) || connectionSpecific(field))
        head.flags |= malformed;
    if (field.name == "content-type") {
        head.grpc = isGrpc(field.value);
    } else if (field.name == "content-length") {
        std::uint64_t length = 0;
        const char* end = field.value.data() + field.value.size();
        const auto [stopped, error] = std::from_chars(field.value.data(), end, length);
        const bool differs = head.contentLength && *head.contentLength != length;
        if (field.value.empty() || error != std::errc() || stopped != end || differs)
            head.flags |= malformed;
        else
            head.contentLength = length;
    }
    head.fields.push_back(field);
}

// Each at most once, and before the other fields (RFC 9113 8.3).
struct Pseudo
{
    std::optional<std::string_view> method;
    std::optional<std::string_view> scheme;
    std::optional<std::string_view> authority;
    std::optional<std::string_view> path;
    std::optional<std::string_view> protocol;
    std::optional<std::string_view> status;
};

// False: unknown, or there already.
bool takePseudo(const HeaderField& field, Pseudo& pseudo, bool request)
{
    std::optional<std::string_view>* into = nullptr;
    if (request) {
        into = field.name == ":method"      ? &pseudo.method
               : field.name == ":path"      ? &pseudo.path
               : field.name == ":scheme"    ? &pseudo.scheme
               : field.name == ":authority" ? &pseudo.authority
               : field.name == ":protocol"  ? &pseudo.protocol
                                            : nullptr;
    } else if (field.name == ":status") {
        into = &pseudo.status;
    }
    if (into == nullptr || *into)
        return false;
    *into = field.value;
    return true;
}

Pseudo readSection(std::span<const HeaderField> section, Http2Head& head, bool request)
{
    Pseudo pseudo;
    bool regular = false;
    head.fields.reserve(section.size());
    for (const HeaderField& field : section) {
        if (!field.name.starts_with(':')) {
            regular = true;
            takeField(field, head);
            continue;
        }
        if (regular || !soundValue(field.value))
            head.flags |= malformed;
        if (!takePseudo(field, pseudo, request)) {
            head.flags |= malformed;
            head.fields.push_back(field);
        }
    }
    return pseudo;
}

const HeaderField* find(const Http2Head& head, std::string_view name)
{
    for (const HeaderField& field : head.fields)
        if (field.name == name)
            return &field;
    return nullptr;
}

void placeAuthority(std::string_view authority, Http2Head& head)
{
    const HeaderField* host = find(head, "host");
    if (host == nullptr) {
        head.fields.insert(head.fields.begin(), {"host", authority});
    } else if (!std::equal(host->value.begin(),
                           host->value.end(),
                           authority.begin(),
                           authority.end(),
                           [](char a, char b) { return http1::lower(a) == http1::lower(b); })) {
        head.flags |= malformed; // RFC 9113 8.3.1
        head.fields.insert(head.fields.begin(), {":authority", authority});
    }
}

} // namespace

bool isGrpc(std::string_view contentType)
{
    constexpr std::string_view name = "application/grpc";
    if (contentType.size() < name.size()
        || !http1::equalsLower(contentType.substr(0, name.size()), name))
        return false;
    const std::string_view rest = contentType.substr(name.size());
    const auto goesOn = [&](std::string_view with) {
        return rest.size() >= with.size() && http1::equalsLower(rest.substr(0, with.size()), with);
    };
    return rest.empty() || goesOn("+") || goesOn(";") || (goesOn("-web") && !goesOn("-web-text"));
}

Http2Head readHttp2Request(std::span<const HeaderField> section)
{
    Http2Head head;
    const Pseudo pseudo = readSection(section, head, true);
    head.method = pseudo.method.value_or("");
    head.target = pseudo.path.value_or("");
    const bool plainConnect = head.method == "CONNECT" && !pseudo.protocol;
    if (plainConnect && !pseudo.path)
        head.target = pseudo.authority.value_or("");
    else if (pseudo.authority)
        placeAuthority(*pseudo.authority, head);
    if (pseudo.protocol)
        head.fields.insert(head.fields.begin(), {":protocol", *pseudo.protocol});
    // RFC 9113 8.3.1, 8.5.
    const bool whole = plainConnect ? pseudo.authority && !pseudo.path && !pseudo.scheme
                                    : pseudo.path && !pseudo.path->empty() && pseudo.scheme;
    if (!http1::isToken(head.method) || !soundTarget(head.target) || !whole)
        head.flags |= malformed;
    return head;
}

Http2Head readHttp2Response(std::span<const HeaderField> section)
{
    Http2Head head;
    const Pseudo pseudo = readSection(section, head, false);
    const std::string_view text = pseudo.status.value_or("");
    const bool number = text.size() == 3 && std::all_of(text.begin(), text.end(), http1::isDigit);
    if (number)
        std::from_chars(text.data(), text.data() + text.size(), head.status);
    if (!number || head.status < 100 || head.status == 101)
        head.flags |= malformed; // RFC 9113 8.6 has no 101
    return head;
}

Http2Head readHttp2Trailers(std::span<const HeaderField> section)
{
    Http2Head head;
    for (const HeaderField& field : section) {
        if (field.name.starts_with(':'))
            head.flags |= malformed;
        takeField(field, head);
    }
    return head;
}

} // namespace podglass::parse
