// SPDX-License-Identifier: Apache-2.0
// Delivery: puts the agent's file on a host and starts it, over one exec channel and with nothing
// there but a POSIX shell. The same for both ssh transports, so libssh2's SFTP is never used.
//
// The script says what it needs in marked lines on its stdout (other lines, such as a login banner,
// are skipped), reads the file from its stdin when it is missing, checks its SHA-256, renames it
// into place and becomes the agent. The folder ~/.cache/podglass/agent/<sha256> is ours alone
// (0700, no symlink); the file is made with noclobber, so nobody's link is followed.
// With sudo: `sudo -n` first; where that wants a password, the script asks for one on its stdin,
// tries it, and hands it to sudo by a pipe. It is never in argv or an environment, and is asked of
// the person on this side. Pure: lines in, decisions out. No I/O.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace podglass::session {

struct AgentFile
{
    std::string sha256; // hex; empty: podglass-agent from the host's PATH
    std::uint64_t size = 0;
    std::string machine; // "x86_64", as uname -m says it; empty: unknown
};

// The command for the host's login shell, whatever that is.
std::string deliveryCommand(const AgentFile& file, bool sudo);

// The script for sh -c here, which starts $1 with sudo.
std::string localSudoScript();

// Machine of an ELF file's first 20 bytes.
std::string elfMachine(std::string_view head);

class Delivery
{
public:
    Delivery(AgentFile file, std::string host)
        : m_file(std::move(file))
        , m_host(std::move(host))
    {}

    enum class Next : std::uint8_t
    {
        Wait,          // for more lines
        Send,          // the file, all of it
        Ready,         // the next byte is the agent's
        AskPassword,   // for sudo; a line with it goes to the script's stdin
        ReadyPassword, // as Ready, but sudo reads the same line once more before the agent begins
        Failed,
    };

    Next line(std::string_view text);

    [[nodiscard]] bool present() const { return m_present; } // it was there already

    // How often AskPassword was said.
    [[nodiscard]] unsigned passwordsAsked() const { return m_passwords; }

    [[nodiscard]] const base::Error& error() const { return m_error; }

private:
    void failed(std::string_view text);

    AgentFile m_file;
    std::string m_host;
    bool m_present = false;
    unsigned m_passwords = 0;
    base::Error m_error;
};

} // namespace podglass::session
