// SPDX-License-Identifier: Apache-2.0
#include "core/parse/http1_head.h"

#include "core/base/limits.h"
#include "core/parse/http1_scan.h"
#include "core/parse/http1_text.h"

#include <algorithm>
#include <cstring>

namespace podglass::parse::http1 {

namespace {

constexpr auto malformed = static_cast<std::uint16_t>(flow::MessageFlag::Malformed);

bool startsWith(std::string_view text, std::string_view start)
{
    return text.substr(0, start.size()) == start;
}

// "HTTP/1.x"; 0 when it is not. The name in lower case is read and flagged (RFC 9112 2.3).
std::uint16_t readVersion(std::string_view text, std::uint16_t& flags)
{
    if (text.size() != 8 || !equalsLower(text.substr(0, 5), "http/") || text[5] != '1'
        || text[6] != '.' || !isDigit(text[7]))
        return 0;
    if (!startsWith(text, "HTTP/"))
        flags |= malformed;
    // A higher minor version is read as the highest known (RFC 9110 2.5).
    return text[7] == '0' ? 10 : 11;
}

constexpr bool isPlainTargetChar(char c)
{
    return c > 0x20 && c < 0x7f;
}

} // namespace

std::size_t findHeadEnd(bytes::ByteView input, std::size_t& scanned)
{
    const auto* begin = input.data();
    std::size_t at = scanned;
    while (at < input.size()) {
        const auto* found =
            static_cast<const std::uint8_t*>(std::memchr(begin + at, '\n', input.size() - at));
        if (found == nullptr) {
            at = input.size();
            break;
        }
        const std::size_t next = static_cast<std::size_t>(found - begin) + 1;
        if (next < input.size() && begin[next] == '\n')
            return next + 1;
        if (next + 1 < input.size() && begin[next] == '\r' && begin[next + 1] == '\n')
            return next + 2;
        // Too few bytes to tell: look at this line end again.
        if (next == input.size() || (next + 1 == input.size() && begin[next] == '\r')) {
            at = next - 1;
            break;
        }
        at = next;
    }
    scanned = at;
    return 0;
}

bool canBegin(Http1Parser::Kind kind, bytes::ByteView input)
{
    const std::string_view text = bytes::asText(input);
    if (kind == Http1Parser::Kind::Response) {
        constexpr std::string_view start = "HTTP/1.";
        return startsWith(start, text.substr(0, start.size()));
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == ' ')
            return i > 0;
        if (!isTokenChar(text[i]))
            return false;
    }
    return true;
}

bool isSimpleRequest(std::string_view line)
{
    constexpr std::string_view start = "GET ";
    return startsWith(line, start) && line.size() > start.size()
           && line.find(' ', start.size()) == std::string_view::npos;
}

namespace {

// The line that nearly everybody sends: "method target HTTP/1.1", each as RFC 9112 3 has it.
bool readPlainRequestLine(std::string_view line, Http1Head& head)
{
    constexpr std::string_view end = " HTTP/1.1";
    if (line.size() <= end.size() || line.substr(line.size() - end.size()) != end)
        return false;
    const std::string_view rest = line.substr(0, line.size() - end.size());
    const auto* const method =
        std::find_if_not(rest.begin(), rest.end(), [](char c) { return isTokenChar(c); });
    if (method == rest.begin() || method == rest.end() || *method != ' ')
        return false;
    const auto* const target = method + 1;
    if (target == rest.end() || !std::all_of(target, rest.end(), isPlainTargetChar))
        return false;
    head.method = rest.substr(0, static_cast<std::size_t>(method - rest.begin()));
    head.target = rest.substr(head.method.size() + 1);
    head.version = 11;
    return true;
}

} // namespace

std::string_view readRequestLine(std::string_view line, Http1Head& head)
{
    if (readPlainRequestLine(line, head))
        return {};
    if (isSimpleRequest(line)) {
        head.method = line.substr(0, 3);
        head.target = line.substr(4);
        head.version = 9;
        return {};
    }
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last)
        return "not an HTTP request line";
    head.method = line.substr(0, first);
    head.target = line.substr(first + 1, last - first - 1);
    head.version = readVersion(line.substr(last + 1), head.flags);
    if (!isToken(head.method))
        return "the method is not a word of the allowed characters";
    if (head.version == 0)
        return "not an HTTP/1 version";
    const bool plain = std::all_of(head.target.begin(), head.target.end(), isPlainTargetChar);
    if (!plain || head.target.empty())
        head.flags |= malformed;
    return {};
}

std::string_view readStatusLine(std::string_view line, Http1Head& head)
{
    head.version = readVersion(line.substr(0, 8), head.flags);
    if (head.version == 0)
        return "not an HTTP/1 status line";
    if (line.size() < 12 || line[8] != ' ' || !isDigit(line[9]) || !isDigit(line[10])
        || !isDigit(line[11]) || (line.size() > 12 && line[12] != ' '))
        return "no three-digit status";
    head.status = static_cast<std::uint16_t>((line[9] - '0') * 100 + (line[10] - '0') * 10
                                             + (line[11] - '0'));
    if (head.status < 100 || head.status > 599 || line.size() == 12)
        head.flags |= malformed;
    head.reason = line.substr(std::min<std::size_t>(13, line.size()));
    return {};
}

namespace {

// Takes whole lines; a field is complete only when the next line shows that it was not folded.
class FieldReader
{
public:
    FieldReader(std::vector<flow::HeaderField>& fields, FramingFacts* facts)
        : m_fields(fields)
        , m_facts(facts)
    {}

    void line(std::string_view line)
    {
        if (isBlank(line.front()) && m_open) {
            fold(line);
            return;
        }
        flush();
        begin(line);
    }

    // A line as RFC 9112 5 has it: a token, a colon, no control character before its CRLF. False:
    // it is something else. `section` is moved behind it.
    bool plainLine(std::string_view& section)
    {
        const char* const begin = section.data();
        const char* const end = begin + section.size();
        const char* colon = begin;
        while (colon != end && isTokenChar(*colon))
            ++colon;
        if (colon == begin || colon == end || *colon != ':')
            return false;
        const char* const stop = findControl(colon + 1, end);
        if (end - stop < 2 || stop[0] != '\r' || stop[1] != '\n')
            return false;
        flush();
        m_open = true;
        m_odd = false;
        m_field = {{begin, colon}, withoutBlanks(colon + 1, stop)};
        section.remove_prefix(static_cast<std::size_t>(stop + 2 - begin));
        return true;
    }

    void flush()
    {
        if (!m_open)
            return;
        m_open = false;
        if (m_facts != nullptr && FramingFacts::mayConcern(m_field.name))
            m_facts->note(m_field.name, m_field.value, m_odd);
        if (m_fields.size() < limits::headFields)
            m_fields.push_back(m_field);
        else
            m_flags |= static_cast<std::uint16_t>(flow::MessageFlag::HeadTooLarge);
    }

    void flag(std::uint16_t flags) { m_flags |= flags; }

    [[nodiscard]] std::uint16_t flags() const { return m_flags; }

private:
    static std::string_view withoutBlanks(const char* begin, const char* end)
    {
        while (begin != end && isBlank(*begin))
            ++begin;
        while (end != begin && isBlank(end[-1]))
            --end;
        return {begin, end};
    }

    void begin(std::string_view line)
    {
        const std::size_t colon = line.find(':');
        m_open = true;
        m_odd = false;
        m_field.name = line.substr(0, colon);
        m_field.value = colon == std::string_view::npos
                            ? std::string_view(line.data() + line.size(), 0)
                            : trimmed(line.substr(colon + 1));
        if (isToken(m_field.name) && colon != std::string_view::npos)
            return;
        m_odd = true;
        m_flags |= malformed;
        // RFC 9112 5.1: blanks before the colon have led to different readings of one message.
        while (!m_field.name.empty() && isBlank(m_field.name.back()))
            m_field.name.remove_suffix(1);
    }

    // The value keeps the line end inside: a view cannot leave it out, and it is what was sent.
    void fold(std::string_view line)
    {
        m_flags |= static_cast<std::uint16_t>(flow::MessageFlag::ObsoleteFold);
        m_odd = true;
        const char* start = m_field.value.data();
        m_field.value =
            trimmed({start, static_cast<std::size_t>(line.data() + line.size() - start)});
    }

    std::vector<flow::HeaderField>& m_fields;
    FramingFacts* m_facts;
    flow::HeaderField m_field;
    bool m_open = false;
    bool m_odd = false;
    std::uint16_t m_flags = 0;
};

} // namespace

FieldSection
readFields(std::string_view section, std::vector<flow::HeaderField>& fields, FramingFacts* facts)
{
    FieldReader reader(fields, facts);
    std::string_view rest = section;
    bool ended = false;
    while (!ended) {
        if (reader.plainLine(rest))
            continue;
        const std::size_t end = rest.find('\n');
        if (end == std::string_view::npos)
            break;
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end + 1);
        if (!line.empty() && line.back() == '\r')
            line.remove_suffix(1);
        else
            reader.flag(malformed); // RFC 9112 2.2: a bare LF is tolerated
        reader.flag(controlFlags(line));
        ended = line.empty();
        if (!ended)
            reader.line(line);
    }
    reader.flush();
    return {ended ? section.size() - rest.size() : 0, reader.flags()};
}

std::uint16_t controlFlags(std::string_view line)
{
    const char* const end = line.data() + line.size();
    for (const char* at = line.data(); at != end; ++at) {
        at = findControl(at, end);
        if (at == end)
            break;
        if (*at != '\t')
            return malformed;
    }
    return 0;
}

} // namespace podglass::parse::http1
