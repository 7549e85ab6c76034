// SPDX-License-Identifier: Apache-2.0
#include "core/export/har_fields.h"

#include "core/flow/secrets.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <optional>
#include <strings.h>

namespace podglass::exporting {

namespace {

bool sameName(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view trimmed(std::string_view text)
{
    const std::size_t from = text.find_first_not_of(" \t");
    if (from == std::string_view::npos)
        return {};
    return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

// Takes what stands before the next `mark` off the front of `rest`.
std::string_view next(std::string_view& rest, char mark)
{
    const std::size_t end = std::min(rest.find(mark), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

std::optional<int> hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
        return (c | 0x20) - 'a' + 10;
    return std::nullopt;
}

// application/x-www-form-urlencoded (WHATWG URL 5.1)
std::string decoded(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto high =
            text[i] == '%' && i + 2 < text.size() ? hexDigit(text[i + 1]) : std::nullopt;
        const auto low = high ? hexDigit(text[i + 2]) : std::nullopt;
        if (low) {
            out += static_cast<char>(*high * 16 + *low);
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

} // namespace

std::string valueOf(const FieldVector& fields, std::string_view name)
{
    for (const flow::HeaderField& field : fields)
        if (sameName(field.name, name))
            return std::string(field.value);
    return {};
}

std::string isoTime(base::Timestamp at)
{
    constexpr std::int64_t second = 1'000'000'000;
    const std::int64_t nanoseconds = std::max<std::int64_t>(at.nanoseconds, 0);
    const std::time_t whole = nanoseconds / second;
    std::tm utc = {};
    (void)::gmtime_r(&whole, &utc);
    std::array<char, 32> date{};
    (void)std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &utc);
    std::array<char, 16> fraction{};
    (void)std::snprintf(
        fraction.data(), fraction.size(), ".%06dZ", static_cast<int>(nanoseconds % second / 1'000));
    return std::string(date.data()) + fraction.data();
}

void HarFields::pair(std::string_view name, std::string_view value, bool secret)
{
    m_json.member("name", name);
    if (secret && m_masks && !value.empty()) {
        m_json.member("value", "***");
    } else {
        m_json.member("value", value);
    }
}

void HarFields::headers(std::string_view name, const FieldVector& fields)
{
    m_json.key(name);
    m_json.beginArray();
    for (const flow::HeaderField& field : fields) {
        m_json.beginObject();
        const bool secret = flow::carriesSecret(field.name);
        pair(field.name, field.value, secret);
        if (secret && m_masks && !field.value.empty())
            ++m_figures.masked;
        m_json.endObject();
    }
    m_json.endArray();
}

void HarFields::requestCookies(const FieldVector& fields)
{
    m_json.key("cookies");
    m_json.beginArray();
    for (const flow::HeaderField& field : fields) {
        if (!sameName(field.name, "cookie"))
            continue;
        for (std::string_view rest = field.value; !rest.empty();) {
            std::string_view value = trimmed(next(rest, ';'));
            if (value.empty())
                continue;
            const std::string_view name = next(value, '=');
            m_json.beginObject();
            pair(name, value, true);
            m_json.endObject();
        }
    }
    m_json.endArray();
}

void HarFields::responseCookies(const FieldVector& fields)
{
    m_json.key("cookies");
    m_json.beginArray();
    for (const flow::HeaderField& field : fields)
        if (sameName(field.name, "set-cookie"))
            setCookie(field.value);
    m_json.endArray();
}

void HarFields::setCookie(std::string_view text)
{
    std::string_view value = trimmed(next(text, ';'));
    const std::string_view name = next(value, '=');
    m_json.beginObject();
    pair(name, value, true);
    std::string_view path;
    std::string_view domain;
    bool httpOnly = false;
    bool secure = false;
    while (!text.empty()) {
        std::string_view attribute = trimmed(next(text, ';'));
        const std::string_view kind = next(attribute, '=');
        if (sameName(kind, "path"))
            path = attribute;
        else if (sameName(kind, "domain"))
            domain = attribute;
        httpOnly |= sameName(kind, "httponly");
        secure |= sameName(kind, "secure");
    }
    if (!path.empty())
        m_json.member("path", path);
    if (!domain.empty())
        m_json.member("domain", domain);
    m_json.member("httpOnly", httpOnly);
    m_json.member("secure", secure);
    m_json.endObject();
}

void HarFields::query(std::string_view url)
{
    m_json.key("queryString");
    m_json.beginArray();
    const std::size_t mark = url.find('?');
    std::string_view rest =
        mark == std::string_view::npos ? std::string_view() : url.substr(mark + 1);
    rest = rest.substr(0, rest.find('#'));
    while (!rest.empty()) {
        std::string_view value = next(rest, '&');
        if (value.empty())
            continue;
        const std::string_view name = next(value, '=');
        m_json.beginObject();
        pair(decoded(name), decoded(value), false);
        m_json.endObject();
    }
    m_json.endArray();
}

} // namespace podglass::exporting
