// SPDX-License-Identifier: Apache-2.0
// SshSession: one libssh2 session on one socket, never blocking inside libssh2. wait() does the
// waiting, so that an end of our parent is seen at any time.
// Every allocation of libssh2 is wiped when freed: keys and passwords pass through it.
#pragma once

#include "core/io/fd.h"

#include "app/ssh/control.h"
#include "app/ssh/server_offer.h"

#include <cstdint>
#include <memory>

#include <libssh2.h>

namespace podglass::ssh {

class SshSession
{
public:
    SshSession(io::Fd socket, Control& control);
    SshSession(const SshSession&) = delete;
    SshSession& operator=(const SshSession&) = delete;
    ~SshSession();

    [[nodiscard]] LIBSSH2_SESSION* raw() const { return m_session; }

    [[nodiscard]] int socket() const { return m_socket.get(); }

    [[nodiscard]] const ServerOffer& offer() const { return m_offer; }

    // The last failure in words, with libssh2's number.
    [[nodiscard]] std::string lastError() const;

    static constexpr std::size_t everything = SIZE_MAX;

    // From now on libssh2 finds at most so many bytes on the socket, then nothing: it reads as long
    // as there is something, which a fast server keeps up for a whole window.
    void allowToRead(std::size_t count) { m_mayRead = count; }

    // Memory that libssh2 frees.
    static void* memory(std::size_t count);

    // Calls until it gives something else than EAGAIN. LIBSSH2_ERROR_TIMEOUT: the deadline passed;
    // LIBSSH2_ERROR_SOCKET_DISCONNECT: our parent is gone.
    template <typename Call>
    int complete(Call call)
    {
        for (;;) {
            const int result = static_cast<int>(call());
            if (result != LIBSSH2_ERROR_EAGAIN)
                return result;
            if (const int stopped = wait(); stopped != 0)
                return stopped;
        }
    }

    // The same for calls that give a pointer.
    template <typename Call>
    auto completePointer(Call call)
    {
        decltype(call()) found = nullptr;
        complete([&] {
            found = call();
            return found == nullptr ? libssh2_session_last_errno(m_session) : 0;
        });
        return found;
    }

private:
    int wait();
    static ssize_t
    receive(int socket, void* buffer, std::size_t length, int flags, void** abstract);

    io::Fd m_socket;
    Control& m_control;
    LIBSSH2_SESSION* m_session = nullptr;
    ServerOffer m_offer;
    std::size_t m_mayRead = everything;
};

} // namespace podglass::ssh
