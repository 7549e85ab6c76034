// SPDX-License-Identifier: Apache-2.0
#include "core/session/delivery.h"

#include <algorithm>

namespace podglass::session {

namespace {

constexpr std::string_view mark = "podglass-delivery ";

// No single quote and no exclamation mark inside: the whole goes between single quotes through sh,
// csh or fish. `say` keeps one line; what went wrong is asked of the shell's own error text.
constexpr std::string_view uploadScript = R"sh(
say() { printf "podglass-delivery %s\n" "$*"; }
die() { say failed "$*"; exit 70; }
umask 077
test -n "$HOME" || die "home: HOME is not set"
d=$HOME/.cache/podglass/agent/@SHA@
e=$(mkdir -p "$d" 2>&1) || die "folder: $e"
test -L "$d" && die "folder: $d is a symbolic link"
test -O "$d" || die "folder: $d belongs to somebody else"
chmod 700 "$d" || die "folder: cannot chmod $d"
f=$d/agent
sum() {
  { sha256sum "$1" || shasum -a 256 "$1" || openssl dgst -r -sha256 "$1"; } 2>/dev/null | cut -c1-64
}
if test -L "$f"; then rm -f "$f"; fi
if test -e "$f"; then test "$(sum "$f")" = @SHA@ || rm -f "$f"; fi
if test -f "$f"; then
  say have
else
  t=$d/new.$$
  say need "$(uname -m)"
  e=$({ set -C; head -c @SIZE@ > "$t"; } 2>&1) || { rm -f "$t"; die "write: $e"; }
  test "$(wc -c < "$t")" -eq @SIZE@ || { rm -f "$t"; die "write: the file came short"; }
  test "$(sum "$t")" = @SHA@ || { rm -f "$t"; die "check: the SHA-256 differs"; }
  chmod 700 "$t" && mv -f "$t" "$f" || { rm -f "$t"; die "write: cannot rename"; }
fi
e=$("$f" --version 2>&1 < /dev/null) || die "run: $e"
)sh";

constexpr std::string_view pathScript = R"sh(
say() { printf "podglass-delivery %s\n" "$*"; }
f=$(command -v podglass-agent) || { say failed "missing: podglass-agent is not in PATH"; exit 70; }
)sh";

// With sudo the question is asked first, so that its refusal is a marked line and not a broken
// stream.
constexpr std::string_view sudoScript = R"sh(
e=$(sudo -n "$f" --version 2>&1 < /dev/null) || { say failed "sudo: $e"; exit 70; }
say ready
exec sudo -n "$f" --stdio
)sh";

constexpr std::string_view plainScript = R"sh(
say ready
exec "$f" --stdio
)sh";

void replaceAll(std::string& text, std::string_view what, const std::string& with)
{
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at))
        text.replace(at, what.size(), with);
}

std::string adviceFor(std::string_view words)
{
    const auto has = [&](std::string_view part) {
        return words.find(part) != std::string_view::npos;
    };
    if (has("No space left"))
        return "the disk with the home directory is full there";
    if (has("quota"))
        return "the disk quota is used up there";
    if (has("Read-only"))
        return "the home directory is read-only there";
    if (words.starts_with("sudo:"))
        return "allow the agent for this user in sudoers with NOPASSWD, or connect as root";
    if (words.starts_with("run:") && has("ermission denied"))
        return "the home directory is mounted noexec there; install podglass-agent in PATH";
    if (words.starts_with("run:") && has("format error"))
        return "the agent was built for another kind of processor";
    if (words.starts_with("missing:"))
        return "install podglass-agent there, or give the agent's file here";
    return {};
}

} // namespace

std::string deliveryCommand(const AgentFile& file, bool sudo)
{
    std::string script(file.sha256.empty() ? pathScript : uploadScript);
    script += sudo ? sudoScript : plainScript;
    replaceAll(script, "@SHA@", file.sha256);
    replaceAll(script, "@SIZE@", std::to_string(file.size));
    return "exec sh -c '" + script + "'";
}

std::string elfMachine(std::string_view head)
{
    if (head.size() < 20
        || !head.starts_with("\x7f"
                             "ELF"))
        return {};
    switch (static_cast<unsigned char>(head[18]) | static_cast<unsigned char>(head[19]) << 8) {
    case 62:
        return "x86_64";
    case 183:
        return "aarch64";
    case 243:
        return "riscv64";
    default:
        return {};
    }
}

Delivery::Next Delivery::line(std::string_view text)
{
    if (!text.starts_with(mark))
        return Next::Wait;
    text.remove_prefix(mark.size());
    if (text == "have") {
        m_present = true;
        return Next::Wait;
    }
    if (text == "ready")
        return Next::Ready;
    m_error.where = "put the agent on the host";
    if (text.starts_with("need")) {
        const std::string machine(text.substr(std::min<std::size_t>(5, text.size())));
        if (m_file.sha256.empty() || (!m_file.machine.empty() && machine != m_file.machine)) {
            m_error.what = "the host is " + machine + ", the agent's file is for " + m_file.machine;
            m_error.advice = "give an agent built for " + machine;
            return Next::Failed;
        }
        return Next::Send;
    }
    if (text.starts_with("failed "))
        text.remove_prefix(7);
    m_error.what = text;
    m_error.advice = adviceFor(text);
    return Next::Failed;
}

} // namespace podglass::session
