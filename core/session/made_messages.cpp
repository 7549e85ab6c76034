// SPDX-License-Identifier: Apache-2.0
#include "core/session/made_messages.h"

#include "core/base/limits.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>

namespace podglass::session {

namespace {

bool tokenByte(char byte)
{
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z')
           || (byte >= '0' && byte <= '9') || marks.find(byte) != std::string_view::npos;
}

bool soundName(std::string_view name)
{
    return !name.empty() && std::ranges::all_of(name, tokenByte);
}

bool soundValue(std::string_view value)
{
    return std::ranges::none_of(
        value, [](char byte) { return (byte >= 0 && byte < ' ' && byte != '\t') || byte == 0x7f; });
}

bool equals(std::string_view name, std::string_view lower)
{
    return std::ranges::equal(name, lower, [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
}

bool saysLength(std::string_view name)
{
    return equals(name, "content-length") || equals(name, "transfer-encoding");
}

base::Result<std::string> readFile(const std::string& path)
{
    const std::string where = "fixed answer from " + path;
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return base::systemError(errno, where);
    std::string text;
    text.assign(std::istreambuf_iterator<char>(file), {});
    if (file.bad())
        return base::systemError(EIO, where);
    return text;
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.back() == '\r' || text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    return text;
}

} // namespace

std::string fieldProblem(const std::vector<std::pair<std::string, std::string>>& fields)
{
    for (const auto& [name, value] : fields) {
        if (!soundName(name))
            return "\"" + name + "\" is no header name";
        if (!soundValue(value))
            return "the value of " + name + " has a control character";
    }
    return {};
}

base::Result<std::string> fixedAnswer(const Taker& taker, std::string_view requestMethod)
{
    std::string body = taker.body;
    if (!taker.bodyFile.empty()) {
        auto read = readFile(taker.bodyFile);
        if (!read)
            return read.error();
        body = std::move(read).value();
    }
    if (body.size() > limits::storeBodyBytes)
        return base::Error{.what = "the body is larger than "
                                   + std::to_string(limits::storeBodyBytes >> 20) + " MiB",
                           .where = "fixed answer",
                           .advice = "answer from a program instead"};
    if (const std::string problem = fieldProblem(taker.headers); !problem.empty())
        return base::Error{.what = problem, .where = "fixed answer", .advice = "correct it"};
    std::string out = "HTTP/1.1 " + std::to_string(taker.status) + " Podglass\r\n";
    bool typed = false;
    for (const auto& [name, value] : taker.headers) {
        if (saysLength(name))
            continue;
        typed = typed || equals(name, "content-type");
        out += name;
        out += ": " + value + "\r\n";
    }
    // RFC 9110 6.4.1: these have no body.
    const bool bodiless = taker.status == 204 || taker.status == 304;
    if (!typed && !body.empty() && !bodiless)
        out += "Content-Type: text/plain; charset=utf-8\r\n";
    if (!bodiless)
        out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    out += "\r\n";
    return bodiless || requestMethod == "HEAD" ? out : out + body;
}

base::Result<std::string> editedRequest(std::string_view head, std::string_view body)
{
    const auto wrong = [](std::string what) {
        return base::Error{.what = std::move(what),
                           .where = "edited request",
                           .advice = "write one \"Name: value\" on each line"};
    };
    std::string out;
    bool hadLength = false;
    bool first = true;
    while (!head.empty()) {
        const std::size_t end = std::min(head.find('\n'), head.size());
        const std::string_view line = trimmed(head.substr(0, end));
        head.remove_prefix(std::min(end + 1, head.size()));
        if (first) {
            first = false;
            if (std::ranges::count(line, ' ') != 2 || !soundValue(line)
                || !soundName(line.substr(0, line.find(' '))))
                return wrong("the first line is no \"METHOD target HTTP/1.1\"");
            out = std::string(line) + "\r\n";
            continue;
        }
        if (line.empty())
            continue;
        const std::size_t colon = std::min(line.find(':'), line.size());
        if (colon == line.size() || !soundName(line.substr(0, colon)) || !soundValue(line))
            return wrong("\"" + std::string(line) + "\" is no header line");
        if (saysLength(line.substr(0, colon))) {
            hadLength = true;
            continue;
        }
        if (equals(line.substr(0, colon), "expect"))
            continue; // the body is here
        out += std::string(line) + "\r\n";
    }
    if (first)
        return wrong("there is no request line");
    if (hadLength || !body.empty())
        out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return out + "\r\n" + std::string(body);
}

std::string_view methodOf(std::string_view head)
{
    return head.substr(0, std::min(head.find(' '), head.size()));
}

} // namespace podglass::session
