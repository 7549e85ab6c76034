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
die() { say failed "$*"; exit 70; }
f=$(command -v podglass-agent) || die "missing: podglass-agent is not in PATH"
)sh";

constexpr std::string_view localScript = R"sh(
say() { printf "podglass-delivery %s\n" "$*"; }
die() { say failed "$*"; exit 70; }
f=$1
)sh";

// sudo is asked for the agent's version first, so that its refusal is a marked line and not a
// broken stream. -k: the password is always read, also where one was given a minute ago. printf
// must be the shell's own, or the password would be in an argv. A host that does not know its own
// name is no reason, though sudo says so first.
constexpr std::string_view sudoScript = R"sh(
why() { printf "%s\n" "$e" | grep -v "^sudo: unable to resolve host" || printf "it says no more\n"; }
if test "$(id -u)" -ne 0; then
  command -v sudo > /dev/null || die "sudo: sudo is not installed"
  if e=$(LC_ALL=C sudo -n "$f" --version 2>&1 < /dev/null); then
    say ready
    exec sudo -n "$f" --stdio
  fi
  case $e in *password*) ;; *) die "sudo: $(why)" ;; esac
  case $(LC_ALL=C command -V printf) in *builtin*) ;; *) die "sudo: $(why)" ;; esac
  for n in 1 2 3; do
    say password
    IFS= read -r p || exit 70
    if e=$(printf "%s\n" "$p" | LC_ALL=C sudo -k -S -p "" "$f" --version 2>&1); then
      p=
      say ready-password
      exec sudo -k -S -p "" "$f" --stdio
    fi
    p=
    case $e in *incorrect*|*again*) ;; *) die "sudo: $(why)" ;; esac
  done
  die "sudo: $(why)"
fi
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

struct Reading
{
    std::string_view what;
    std::string_view advice;
};

// What the script's words mean: they begin with the stage that failed.
Reading read(std::string_view words)
{
    const auto has = [&](std::string_view part) {
        return words.find(part) != std::string_view::npos;
    };
    if (words.starts_with("sudo:"))
        return {"sudo does not start the agent",
                has("incorrect") || has("again")
                    ? "the password was refused three times"
                    : "ask for the right to run it in sudoers there, or log in as root"};
    if (words.starts_with("run:"))
        return {"the agent cannot be started there",
                has("ermission denied") ? "the home directory is mounted noexec: have "
                                          "podglass-agent installed in PATH there, or log in as a "
                                          "user whose home is not"
                : has("format error") || has("not found") || has("cannot execute binary")
                    ? "the agent's file is for another kind of processor or damaged: give one "
                      "built for that host"
                    : "look at the words above, they are the host's"};
    if (words.starts_with("missing:"))
        return {"there is no agent to start",
                "install podglass-agent there, or name the agent's file here"};
    const std::string_view what = "the agent cannot be stored there";
    if (has("No space left"))
        return {what, "the disk with the home directory is full: make room, 4 MiB are enough"};
    if (has("quota"))
        return {what, "the disk quota is used up: make room, 4 MiB are enough"};
    if (has("Read-only"))
        return {what, "the home directory is read-only: have podglass-agent installed in PATH"};
    if (has("symbolic link") || has("belongs to"))
        return {what, "somebody may be preparing a trap: look at that folder"};
    if (words.starts_with("check:"))
        return {what, "it arrived changed: try again; if it stays so, look at the host's disk"};
    return {what, "is the home directory there and writable?"};
}

std::string_view stageless(std::string_view words)
{
    const std::size_t colon = words.find(": ");
    return colon == std::string_view::npos ? words : words.substr(colon + 2);
}

} // namespace

std::string deliveryCommand(const AgentFile& file, bool sudo)
{
    std::string script(file.sha256.empty() ? pathScript : uploadScript);
    if (sudo)
        script += sudoScript;
    script += plainScript;
    replaceAll(script, "@SHA@", file.sha256);
    replaceAll(script, "@SIZE@", std::to_string(file.size));
    return "exec sh -c '" + script + "'";
}

std::string localSudoScript()
{
    return std::string(localScript) + std::string(sudoScript) + std::string(plainScript);
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
    if (text == "ready-password" && m_passwords > 0)
        return Next::ReadyPassword;
    if (text == "password") {
        ++m_passwords;
        return Next::AskPassword;
    }
    m_error.where = m_host;
    if (text.starts_with("need")) {
        const std::string machine(text.substr(std::min<std::size_t>(5, text.size())));
        if (m_file.sha256.empty() || (!m_file.machine.empty() && machine != m_file.machine)) {
            m_error.what = "the agent's file is for another kind of processor\nthe host is "
                           + machine + ", the file is for " + m_file.machine;
            m_error.advice = "give an agent built for " + machine;
            return Next::Failed;
        }
        return Next::Send;
    }
    failed(text);
    return Next::Failed;
}

void Delivery::failed(std::string_view text)
{
    if (text.starts_with("failed "))
        text.remove_prefix(7);
    const Reading reading = read(text);
    m_error.what = std::string(reading.what) + "\n" + std::string(stageless(text));
    m_error.advice = reading.advice;
}

} // namespace podglass::session
