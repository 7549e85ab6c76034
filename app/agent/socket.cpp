// SPDX-License-Identifier: Apache-2.0
// socket(2) for this program and the libpcap in it. A capture thread of the worker has no right to
// packet sockets and is offered them by the guard; everybody else gets the kernel's own answer.
#include "core/capture/packet_sockets.h"

#include <cerrno>

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

extern "C" int socket(int domain, int type, int protocol) noexcept
{
    using podglass::capture::offeredPacketSockets;
    const auto* offered = offeredPacketSockets();
    if (offered == nullptr)
        return static_cast<int>(::syscall(SYS_socket, domain, type, protocol));
    // What is no packet socket is wanted for questions about an interface (ioctl).
    auto given = (*offered)(domain == AF_PACKET ? type & (SOCK_RAW | SOCK_DGRAM) : 0);
    if (given)
        return given->release();
    errno = EPERM;
    return -1;
}
