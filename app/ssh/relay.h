// SPDX-License-Identifier: Apache-2.0
// Relay: one channel, its two directions are our stdin and stdout: a command's, or a TCP
// connection's that the server makes.
//
// libssh2 keeps a packet that it could send only in part, and goes wrong (a stall at the next
// re-key, or a mangled packet) if anything else is called before the same call has finished it.
// So: after EAGAIN with the outbound direction set, the same call with the same bytes comes first,
// once the socket is writable again.
// Source: libssh2_channel_write_ex(3), libssh2_session_block_directions(3), RFC 4254
// (7.2: direct-tcpip).
#pragma once

#include "app/ssh/passage.h"
#include "app/ssh/ssh_session.h"
#include "app/ssh/tcp.h"

#include <array>
#include <vector>

namespace podglass::ssh {

class Relay
{
public:
    Relay(SshSession& session, std::string hostName, Control& control);
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;
    ~Relay();

    std::optional<Failure> start(const std::string& command);
    std::optional<Failure> forward(const std::string& host, std::uint16_t port);

    // Until the channel or our streams end; the remote exit status.
    Outcome<int> run();

private:
    enum class Stuck : std::uint8_t
    {
        None,
        Reading,
        Writing,
        Ending,
    };

    bool readInput();
    bool writeChannel();
    bool readChannel();
    bool readStream(int stream, Passage& passage);
    bool writeOutput();
    bool sendEnd();
    bool keepAlive();
    bool check(long result, Stuck call);
    bool waitForWork();
    [[nodiscard]] int timeout() const;
    [[nodiscard]] bool finished() const;
    Outcome<int> close();

    SshSession& m_session;
    std::string m_hostName;
    Control& m_control;
    LIBSSH2_CHANNEL* m_channel = nullptr;
    std::vector<std::uint8_t> m_input; // one chunk; unchanged until sent
    std::size_t m_inputBegin = 0;
    std::size_t m_inputEnd = 0;
    bool m_inputOver = false;
    bool m_endSent = false;
    Passage m_output;
    Passage m_errors;
    Stuck m_stuck = Stuck::None;
    bool m_progress = false;
    int m_failure = 0;
    bool m_outputGone = false;
    int m_keepAliveSeconds = 0;
};

} // namespace podglass::ssh
