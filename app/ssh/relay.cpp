// SPDX-License-Identifier: Apache-2.0
#include "app/ssh/relay.h"

#include "core/base/limits.h"

#include <cerrno>

#include <poll.h>
#include <unistd.h>

namespace podglass::ssh {

namespace {

// Measured: 2 MiB carries a loopback or LAN link; libssh2 1.10 slows down with larger windows.
constexpr unsigned int windowBytes = 2U << 20;
constexpr unsigned int packetBytes = 32'768;
constexpr std::size_t chunkBytes = 32'000; // one SSH packet
constexpr std::size_t outputBytes = std::size_t{256} << 10;
// What is taken from the socket in one turn: it stays in the processor's cache until it is written.
constexpr std::size_t turnBytes = std::size_t{256} << 10;
constexpr unsigned int keepAliveEvery = 15;

} // namespace

Relay::Relay(SshSession& session, std::string hostName, Control& control)
    : m_session(session)
    , m_hostName(std::move(hostName))
    , m_control(control)
    , m_input(chunkBytes)
    , m_output(outputBytes)
    , m_errors(limits::helperLineBytes)
{}

Relay::~Relay()
{
    if (m_channel != nullptr)
        libssh2_channel_free(m_channel);
}

std::optional<Failure> Relay::start(const std::string& command)
{
    const std::uint32_t step = m_control.begin("run a command on " + m_hostName);
    m_channel = m_session.completePointer([&] {
        return libssh2_channel_open_ex(
            m_session.raw(), "session", 7, windowBytes, packetBytes, nullptr, 0);
    });
    const int failed =
        m_channel == nullptr
            ? libssh2_session_last_errno(m_session.raw())
            : m_session.complete([&] {
                  return libssh2_channel_process_startup(m_channel,
                                                         "exec",
                                                         4,
                                                         command.c_str(),
                                                         static_cast<unsigned int>(command.size()));
              });
    if (failed != 0)
        return Failure{
            Fault::Remote,
            {.what = "the server refuses to run a command\n" + m_session.lastError(),
             .where = m_hostName,
             .advice = "is the account limited to something else (ForceCommand, sftp only)?"}};
    m_control.done(step, "command started on " + m_hostName);
    libssh2_keepalive_config(m_session.raw(), 1, keepAliveEvery);
    return std::nullopt;
}

std::optional<Failure> Relay::forward(const std::string& host, std::uint16_t port)
{
    const std::string name = host + ":" + std::to_string(port);
    const std::uint32_t step = m_control.begin("from " + m_hostName + " to " + name);
    m_channel = m_session.completePointer([&] {
        return libssh2_channel_direct_tcpip_ex(m_session.raw(), host.c_str(), port, "127.0.0.1", 0);
    });
    if (m_channel == nullptr)
        return Failure{
            Fault::Network,
            {.what = m_hostName + " cannot connect to " + name + "\n" + m_session.lastError(),
             .where = "forwarding through " + m_hostName,
             .advice = "is something listening there, and does " + m_hostName
                       + " allow forwarding (AllowTcpForwarding)?",
             .lasting = base::Lasting::Transient}};
    m_control.done(step, "from " + m_hostName + " to " + name);
    libssh2_keepalive_config(m_session.raw(), 1, keepAliveEvery);
    return std::nullopt;
}

// True: go on. EAGAIN is remembered when a packet is half sent.
bool Relay::check(long result, Stuck call)
{
    if (result == LIBSSH2_ERROR_EAGAIN) {
        const int directions = libssh2_session_block_directions(m_session.raw());
        m_stuck = (directions & LIBSSH2_SESSION_BLOCK_OUTBOUND) != 0 ? call : Stuck::None;
        return true;
    }
    m_stuck = Stuck::None;
    if (result < 0) {
        m_failure = static_cast<int>(result);
        return false;
    }
    return true;
}

bool Relay::readInput()
{
    if (m_inputOver || m_inputBegin != m_inputEnd)
        return true;
    const ssize_t got = ::read(STDIN_FILENO, m_input.data(), m_input.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    m_progress = true;
    m_inputOver = got <= 0;
    m_inputBegin = 0;
    m_inputEnd = got > 0 ? static_cast<std::size_t>(got) : 0;
    return true;
}

bool Relay::writeChannel()
{
    if (m_inputBegin == m_inputEnd)
        return true;
    const long sent =
        libssh2_channel_write_ex(m_channel,
                                 0,
                                 reinterpret_cast<const char*>(m_input.data()) + m_inputBegin,
                                 m_inputEnd - m_inputBegin);
    if (sent > 0) {
        m_inputBegin += static_cast<std::size_t>(sent);
        m_progress = true;
    }
    return check(sent, Stuck::Writing);
}

// The stream that carries first: each read has libssh2 take in what has come, decrypt it and look
// through all of it, whichever stream was asked for.
bool Relay::readChannel()
{
    if (!readStream(0, m_output))
        return false;
    if (m_stuck != Stuck::None && !m_output.full())
        return true;
    return readStream(SSH_EXTENDED_DATA_STDERR, m_errors);
}

bool Relay::readStream(int stream, Passage& passage)
{
    while (!passage.full()) {
        const std::span<char> room = passage.room();
        const long got = libssh2_channel_read_ex(m_channel, stream, room.data(), room.size());
        if (!check(got, Stuck::Reading))
            return false;
        if (got <= 0)
            break;
        passage.put(static_cast<std::size_t>(got));
        m_progress = true;
    }
    return true;
}

bool Relay::writeOutput()
{
    for (const int fd : {STDERR_FILENO, STDOUT_FILENO}) {
        Passage& passage = fd == STDOUT_FILENO ? m_output : m_errors;
        while (!passage.empty()) {
            const std::span<const char> waiting = passage.waiting();
            const ssize_t sent = ::write(fd, waiting.data(), waiting.size());
            if (sent < 0 && (errno == EAGAIN || errno == EINTR))
                break;
            if (sent < 0) {
                m_outputGone = m_outputGone || fd == STDOUT_FILENO;
                passage.taken(waiting.size());
                break;
            }
            passage.taken(static_cast<std::size_t>(sent));
            m_progress = true;
        }
    }
    return !m_outputGone;
}

bool Relay::sendEnd()
{
    if (!m_inputOver || m_inputBegin != m_inputEnd || m_endSent)
        return true;
    const int result = libssh2_channel_send_eof(m_channel);
    m_endSent = result == 0;
    m_progress = m_progress || m_endSent;
    return check(result, Stuck::Ending);
}

bool Relay::keepAlive()
{
    return m_stuck != Stuck::None
           || check(libssh2_keepalive_send(m_session.raw(), &m_keepAliveSeconds), Stuck::None);
}

bool Relay::finished() const
{
    return libssh2_channel_eof(m_channel) != 0 && m_output.empty() && m_errors.empty();
}

int Relay::timeout() const
{
    return m_keepAliveSeconds > 0 ? m_keepAliveSeconds * 1000
                                  : static_cast<int>(keepAliveEvery) * 1000;
}

bool Relay::waitForWork()
{
    short socketWants = 0;
    const int directions = libssh2_session_block_directions(m_session.raw());
    if (m_stuck != Stuck::None || (directions & LIBSSH2_SESSION_BLOCK_OUTBOUND) != 0)
        socketWants = POLLOUT;
    // With a half-sent packet nothing may be read; with a full buffer nothing has room.
    if (m_stuck == Stuck::None && !m_output.full() && !m_errors.full())
        socketWants = static_cast<short>(socketWants | POLLIN);
    const bool wantsInput = !m_inputOver && m_inputBegin == m_inputEnd;
    std::array<pollfd, 5> waiting{
        pollfd{m_session.socket(), socketWants, 0},
        pollfd{wantsInput ? STDIN_FILENO : -1, POLLIN, 0},
        pollfd{m_output.empty() ? -1 : STDOUT_FILENO, POLLOUT, 0},
        pollfd{m_errors.empty() ? -1 : STDERR_FILENO, POLLOUT, 0},
        pollfd{m_control.fd(), 0, 0}, // hang-up only
    };
    ::poll(waiting.data(), waiting.size(), timeout());
    return (waiting[4].revents & (POLLHUP | POLLERR)) == 0;
}

Outcome<int> Relay::run()
{
    using Call = bool (Relay::*)();
    // Index 1 and up: by Stuck, the call that has to come first.
    constexpr std::array<Call, 3> channelCalls{
        &Relay::readChannel, &Relay::writeChannel, &Relay::sendEnd};
    for (;;) {
        m_progress = false;
        m_session.allowToRead(turnBytes);
        bool going = writeOutput() && readInput();
        if (m_stuck != Stuck::None && going)
            going = (this->*channelCalls[static_cast<std::size_t>(m_stuck) - 1])();
        for (const Call call : channelCalls)
            going = going && (m_stuck != Stuck::None || (this->*call)());
        going = going && writeOutput() && keepAlive();
        if (m_outputGone)
            return 0;
        if (!going)
            return Failure{Fault::Network,
                           {.what = "the SSH connection broke\n" + m_session.lastError(),
                            .where = m_hostName,
                            .advice = "check the network, and whether the host is up",
                            .lasting = base::Lasting::Transient}};
        if (finished())
            break;
        if (!m_progress && !waitForWork())
            return 0;
    }
    return close();
}

// What ended: a command with a status, or by a signal, which then is the reason.
Outcome<int> Relay::close()
{
    m_session.allowToRead(SshSession::everything);
    m_session.complete([&] { return libssh2_channel_close(m_channel); });
    m_session.complete([&] { return libssh2_channel_wait_closed(m_channel); });
    char* name = nullptr;
    std::size_t length = 0;
    libssh2_channel_get_exit_signal(m_channel, &name, &length, nullptr, nullptr, nullptr, nullptr);
    if (name == nullptr)
        return libssh2_channel_get_exit_status(m_channel);
    const std::string signal(name, length);
    libssh2_free(m_session.raw(), name);
    return Failure{Fault::Remote,
                   {.what = "the agent was killed\nsignal SIG" + signal,
                    .where = m_hostName,
                    .advice = "look there why: out of memory (dmesg), or an administrator",
                    .lasting = base::Lasting::Transient}};
}

} // namespace podglass::ssh
