// SPDX-License-Identifier: Apache-2.0
#include "core/session/last_words.h"

#include <algorithm>

namespace podglass::session {

namespace {

constexpr int sshFailed = 255; // ssh(1), EXIT STATUS
constexpr int signalled = 128;

struct Reading
{
    std::string what;
    std::string advice;
};

std::string joined(const std::deque<std::string>& lines)
{
    std::string all;
    for (const std::string& line : lines) {
        // ssh's frame of at-signs around its warning says nothing.
        if (line.find("@@@@@") == std::string::npos)
            all += (all.empty() ? "" : "\n") + line;
    }
    return all;
}

bool has(const std::string& words, std::string_view part)
{
    return words.find(part) != std::string::npos;
}

Reading readHostKey(const std::string& words)
{
    if (has(words, "HAS CHANGED"))
        return {"the host key has CHANGED",
                "somebody may be listening in: ask the administrator of the host"};
    return {"the host key is unknown or was refused",
            "choose Built-in, which shows the key and asks; or accept it with ssh in a terminal"};
}

Reading readNetwork(const std::string& words)
{
    if (has(words, "Could not resolve hostname"))
        return {"no address found for the host", "check the spelling, the network and the VPN"};
    if (has(words, "Connection refused"))
        return {"cannot connect",
                "nothing listens on that port: is sshd running, is the port right?"};
    if (has(words, "timed out") && has(words, "connect to host"))
        return {"cannot connect", "nothing answers: check the address, the VPN and the firewall"};
    if (has(words, "connect to host"))
        return {"cannot connect", "check the VPN and the routes"};
    if (words.empty() || has(words, "Connection closed") || has(words, "Connection reset")
        || has(words, "Broken pipe") || has(words, "not responding")
        || has(words, "closed by remote host"))
        return {"the SSH connection broke", "check the network, and whether the host is up"};
    return {"ssh cannot connect", "try the same ssh command in a terminal"};
}

Loss ofSsh(const Ending& ending)
{
    const std::string words = joined(ending.lines);
    Loss loss;
    loss.fault = faultOfSsh(words);
    const Reading reading =
        loss.fault == Fault::HostKey ? readHostKey(words)
        : loss.fault == Fault::Auth
            ? Reading{"the server refused the log-in",
                      "system ssh cannot ask here: load the key with ssh-add, or choose Built-in"}
            : readNetwork(words);
    loss.error.what = reading.what + "\n" + (words.empty() ? "ssh ended without a word" : words);
    loss.error.advice = reading.advice;
    loss.error.lasting =
        loss.fault == Fault::Network ? base::Lasting::Transient : base::Lasting::Persistent;
    return loss;
}

std::string_view programOf(RoadKind kind)
{
    return kind == RoadKind::Ssh         ? "podglass-ssh"
           : kind == RoadKind::SystemSsh ? "ssh"
                                         : "the agent";
}

} // namespace

Fault faultOfSsh(const std::string& words)
{
    if (has(words, "HOST IDENTIFICATION HAS CHANGED") || has(words, "Host key verification failed"))
        return Fault::HostKey;
    if (has(words, "Permission denied (") || has(words, "Too many authentication failures"))
        return Fault::Auth;
    return Fault::Network;
}

Loss lossOf(const Ending& ending)
{
    if (ending.kind == RoadKind::SystemSsh && ending.exit && ending.status == sshFailed) {
        Loss loss = ofSsh(ending);
        loss.error.where = ending.where;
        return loss;
    }
    const std::string words = joined(ending.lines);
    Loss loss;
    loss.error.where = ending.where;
    loss.error.lasting = base::Lasting::Transient;
    if (!ending.exit) {
        loss.error.what =
            "the agent closed the connection\n" + (words.empty() ? "it said nothing" : words);
        loss.error.advice = "connect again";
    } else if (ending.status > signalled && ending.exit->starts_with("killed")) {
        const bool here = ending.kind != RoadKind::Local;
        loss.error.what = std::string(programOf(ending.kind)) + " was killed"
                          + (here ? " on this machine" : "") + "\n"
                          + ending.exit->substr(ending.exit->find("signal"));
        loss.error.advice = "was memory short (dmesg)? connect again";
    } else {
        loss.fault = ending.status == 0 ? Fault::Network : Fault::Remote;
        const std::string how = ending.status == 0 ? "it ended by itself"
                                                   : "exit status " + std::to_string(ending.status);
        loss.error.what = (ending.opened ? "the agent ended\n" : "the agent did not start\n")
                          + (words.empty() ? how : words);
        loss.error.advice = ending.opened ? "connect again; its last words are above"
                                          : "does that account have a shell that runs commands?";
    }
    return loss;
}

} // namespace podglass::session
