// SPDX-License-Identifier: Apache-2.0
// Delivery: puts the agent's file on a host and starts it, over one exec channel and with nothing
// there but a POSIX shell. The same for both ssh transports, so libssh2's SFTP is never used.
//
// The script says what it needs in marked lines on its stdout (other lines, such as a login banner,
// are skipped), reads the file from its stdin when it is missing, checks its SHA-256, renames it
// into place and becomes the agent. The folder ~/.cache/podglass/agent/<sha256> is ours alone
// (0700, no symlink); the file is made with noclobber, so nobody's link is followed. Pure: lines
// in, decisions out. No I/O.
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

// Machine of an ELF file's first 20 bytes.
std::string elfMachine(std::string_view head);

class Delivery
{
public:
    explicit Delivery(AgentFile file)
        : m_file(std::move(file))
    {}

    enum class Next : std::uint8_t
    {
        Wait,  // for more lines
        Send,  // the file, all of it
        Ready, // the next byte is the agent's
        Failed,
    };

    Next line(std::string_view text);

    [[nodiscard]] bool present() const { return m_present; } // it was there already

    [[nodiscard]] const base::Error& error() const { return m_error; }

private:
    AgentFile m_file;
    bool m_present = false;
    base::Error m_error;
};

} // namespace podglass::session
