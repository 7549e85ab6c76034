// SPDX-License-Identifier: Apache-2.0
#include "app/ssh/control.h"

#include "core/base/limits.h"

#include <array>
#include <nlohmann/json.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace podglass::ssh {

using nlohmann::json;

namespace {

std::string_view nameOf(Fault fault)
{
    constexpr std::array<std::string_view, 5> names{
        "setup", "network", "hostkey", "auth", "remote"};
    return names[static_cast<std::size_t>(fault)];
}

// Server words may be any bytes; what is not UTF-8 is replaced.
std::string dump(const json& value)
{
    return value.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::optional<Secret> fromHex(std::string_view digits)
{
    std::string text;
    text.reserve(digits.size() / 2 + 1);
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        const int high = nibble(digits[i]);
        const int low = nibble(digits[i + 1]);
        if (high < 0 || low < 0) {
            Secret::wipe(text);
            return std::nullopt;
        }
        text += static_cast<char>(high * 16 + low);
    }
    return Secret(std::move(text));
}

} // namespace

void Control::send(const std::string& line) const
{
    std::string_view rest = line;
    while (!rest.empty() && m_fd >= 0) {
        const ssize_t sent = ::write(m_fd, rest.data(), rest.size());
        if (sent < 0 && errno == EAGAIN) {
            pollfd room{m_fd, POLLOUT, 0};
            ::poll(&room, 1, -1);
        } else if (sent <= 0) {
            return; // the session is gone; our streams will say so too
        } else {
            rest.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
}

void Control::step(std::uint32_t id,
                   std::string_view state,
                   const std::string& text,
                   const std::string& detail)
{
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::steady_clock::now() - m_begun)
                          .count();
    if (m_fd >= 0)
        send(dump({{"step",
                    {{"id", id},
                     {"state", state},
                     {"text", text},
                     {"detail", detail},
                     {"ms", state == "running" ? 0 : took}}}}));
    else if (state != "running")
        ::dprintf(STDERR_FILENO, "podglass-ssh: %s\n", text.c_str());
}

std::uint32_t Control::begin(const std::string& text)
{
    m_begun = std::chrono::steady_clock::now();
    m_running = ++m_lastStep;
    step(m_lastStep, "running", text, {});
    return m_lastStep;
}

void Control::done(std::uint32_t id, const std::string& text, const std::string& detail)
{
    m_running = 0;
    step(id, "done", text, detail);
}

void Control::warn(const std::string& text, const std::string& detail)
{
    m_begun = std::chrono::steady_clock::now();
    step(++m_lastStep, "warning", text, detail);
}

void Control::failed(std::uint32_t id, const std::string& text, const std::string& detail)
{
    m_running = 0;
    step(id, "failed", text, detail);
}

void Control::error(const Failure& failure)
{
    const base::Error& error = failure.error;
    if (m_running != 0) {
        const std::size_t end = error.what.find('\n');
        failed(m_running,
               error.where + ": " + error.what.substr(0, end),
               end == std::string::npos ? "" : error.what.substr(end + 1));
    }
    if (m_fd < 0)
        ::dprintf(STDERR_FILENO, "podglass-ssh: %s\n", error.text().c_str());
    send(dump({{"error",
                {{"kind", nameOf(failure.fault)},
                 {"what", error.what},
                 {"where", error.where},
                 {"advice", error.advice},
                 {"lasting", error.lasting == base::Lasting::Persistent},
                 {"switch",
                  failure.toSystemSsh == Switch::Yes    ? "yes"
                  : failure.toSystemSsh == Switch::Keys ? "keys"
                                                        : "no"}}}}));
}

void Control::goOnFrom(Counts counts)
{
    m_lastStep = counts.step;
    m_lastPrompt = counts.prompt;
}

void Control::live()
{
    send(dump({{"live", true}}));
}

std::optional<Secret> Control::readLine()
{
    std::string line;
    line.reserve(limits::helperLineBytes); // never grows: growing would leave a copy behind
    for (;;) {
        char c = 0;
        const ssize_t got = ::read(m_fd, &c, 1);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
            pollfd input{m_fd, POLLIN, 0};
            ::poll(&input, 1, -1);
            continue;
        }
        if (got != 1 || line.size() + 1 >= limits::helperLineBytes) {
            Secret::wipe(line);
            return std::nullopt;
        }
        if (c == '\n')
            return Secret(std::move(line));
        line += c;
    }
}

std::optional<Secret>
Control::ask(std::string_view kind, const std::string& title, const std::string& text)
{
    if (m_fd < 0)
        return std::nullopt;
    const std::uint32_t id = ++m_lastPrompt;
    send(dump({{"prompt", {{"id", id}, {"kind", kind}, {"title", title}, {"text", text}}}}));
    const std::string begin = R"({"answer":)" + std::to_string(id) + R"(,"hex":")";
    const std::string cancel = R"({"answer":)" + std::to_string(id) + R"(,"cancel":true})";
    for (;;) {
        const std::optional<Secret> line = readLine();
        if (!line || line->view() == cancel)
            return std::nullopt;
        std::string_view rest = line->view();
        if (!rest.starts_with(begin) || !rest.ends_with("\"}"))
            continue; // an answer to an earlier prompt
        rest.remove_prefix(begin.size());
        rest.remove_suffix(2);
        return fromHex(rest);
    }
}

} // namespace podglass::ssh
