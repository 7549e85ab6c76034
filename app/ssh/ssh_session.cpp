// SPDX-License-Identifier: Apache-2.0
#include "app/ssh/ssh_session.h"

#include "core/base/limits.h"

#include <array>
#include <cstdlib>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>

namespace podglass::ssh {

namespace {

// The size in front of each block, so that free and realloc know what to wipe.
constexpr std::size_t headBytes = alignof(std::max_align_t);

void* allocate(std::size_t count, void** /*abstract*/)
{
    auto* block = static_cast<unsigned char*>(std::malloc(count + headBytes));
    if (block == nullptr)
        return nullptr;
    std::memcpy(block, &count, sizeof count);
    return block + headBytes;
}

void release(void* pointer, void** /*abstract*/)
{
    if (pointer == nullptr)
        return;
    auto* block = static_cast<unsigned char*>(pointer) - headBytes;
    std::size_t count = 0;
    std::memcpy(&count, block, sizeof count);
    ::explicit_bzero(block, count + headBytes);
    std::free(block);
}

void* reallocate(void* pointer, std::size_t count, void** abstract)
{
    void* grown = allocate(count, abstract);
    if (grown != nullptr && pointer != nullptr) {
        std::size_t old = 0;
        std::memcpy(&old, static_cast<unsigned char*>(pointer) - headBytes, sizeof old);
        std::memcpy(grown, pointer, std::min(old, count));
        release(pointer, abstract);
    }
    return grown;
}

} // namespace

SshSession::SshSession(io::Fd socket, Control& control)
    : m_socket(std::move(socket))
    , m_control(control)
    , m_session(libssh2_session_init_ex(allocate, release, reallocate, this))
{
    libssh2_session_set_blocking(m_session, 0);
    // libssh2 takes every callback as void*; POSIX allows the cast.
    libssh2_session_callback_set(
        m_session, LIBSSH2_CALLBACK_RECV, reinterpret_cast<void*>(&SshSession::receive));
}

SshSession::~SshSession()
{
    libssh2_session_free(m_session);
}

ssize_t
SshSession::receive(int socket, void* buffer, std::size_t length, int flags, void** abstract)
{
    auto* session = static_cast<SshSession*>(*abstract);
    if (session->m_mayRead == 0)
        return -EAGAIN;
    const ssize_t got = ::recv(socket, buffer, std::min(length, session->m_mayRead), flags);
    if (got < 0)
        return -errno;
    const auto count = static_cast<std::size_t>(got);
    session->m_mayRead -= session->m_mayRead == everything ? 0 : count;
    session->m_offer.feed(static_cast<const char*>(buffer), count);
    return got;
}

void* SshSession::memory(std::size_t count)
{
    return allocate(count, nullptr);
}

namespace {

// libssh2's own words for the transport say what its code did, not what happened.
const char* wordsFor(int code)
{
    switch (code) {
    case LIBSSH2_ERROR_SOCKET_DISCONNECT:
        return "the server closed the connection";
    case LIBSSH2_ERROR_SOCKET_RECV:
    case LIBSSH2_ERROR_SOCKET_SEND:
        return "the connection was cut";
    case LIBSSH2_ERROR_TIMEOUT:
    case LIBSSH2_ERROR_SOCKET_TIMEOUT:
        return "no answer came in time";
    default:
        return nullptr;
    }
}

} // namespace

std::string SshSession::lastError() const
{
    char* text = nullptr;
    const int code = libssh2_session_last_error(m_session, &text, nullptr, 0);
    const char* ours = wordsFor(code);
    std::string words = ours != nullptr ? ours : text != nullptr ? text : "";
    if (words.empty())
        words = "no reason given";
    return words + " (libssh2 error " + std::to_string(code) + ")";
}

int SshSession::wait()
{
    const int directions = libssh2_session_block_directions(m_session);
    short wanted = 0;
    if ((directions & LIBSSH2_SESSION_BLOCK_INBOUND) != 0)
        wanted |= POLLIN;
    if ((directions & LIBSSH2_SESSION_BLOCK_OUTBOUND) != 0)
        wanted |= POLLOUT;
    std::array<pollfd, 2> waiting{pollfd{m_socket.get(), wanted != 0 ? wanted : short{POLLIN}, 0},
                                  pollfd{m_control.fd(), 0, 0}}; // 0: hang-up only
    const auto timeout = std::chrono::milliseconds(limits::sshConnectTimeout);
    const int ready = ::poll(waiting.data(), waiting.size(), static_cast<int>(timeout.count()));
    if (ready == 0)
        return LIBSSH2_ERROR_TIMEOUT;
    return (waiting[1].revents & (POLLHUP | POLLERR)) != 0 ? LIBSSH2_ERROR_SOCKET_DISCONNECT : 0;
}

} // namespace podglass::ssh
