// SPDX-License-Identifier: Apache-2.0
#include "core/agent/guard/line.h"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>

namespace podglass::agent::guard {

namespace {

constexpr std::size_t controlBytes = CMSG_SPACE(mostDescriptors * sizeof(int));

void takeDescriptors(msghdr& message, std::vector<io::Fd>& into)
{
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
         part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
            continue;
        const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(part) + i * sizeof number, sizeof number);
            into.emplace_back(number);
        }
    }
}

} // namespace

base::Result<std::pair<Line, Line>> Line::makePair()
{
    std::array<int, 2> ends{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return base::systemError(errno, "make a line between guard and worker");
    return std::pair(Line(io::Fd(ends[0])), Line(io::Fd(ends[1])));
}

base::Status Line::send(std::span<const std::byte> bytes, std::span<const int> descriptors) const
{
    iovec part{const_cast<std::byte*>(bytes.data()), bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    alignas(cmsghdr) std::array<char, controlBytes> control{};
    if (!descriptors.empty()) {
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
        cmsghdr* head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(head), descriptors.data(), descriptors.size_bytes());
    }
    ssize_t sent = -1;
    do {
        sent = ::sendmsg(m_socket.get(), &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent != static_cast<ssize_t>(bytes.size()))
        return base::systemError(errno, "speak between guard and worker");
    return base::Done{};
}

bool Line::receive(std::span<std::byte> into, std::vector<io::Fd>& descriptors) const
{
    iovec part{into.data(), into.size()};
    alignas(cmsghdr) std::array<char, controlBytes> control{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t got = -1;
    do {
        got = ::recvmsg(m_socket.get(), &message, MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        return false;
    takeDescriptors(message, descriptors); // owned whatever else is wrong
    constexpr int cut = MSG_TRUNC | MSG_CTRUNC;
    return got == static_cast<ssize_t>(into.size()) && (message.msg_flags & cut) == 0;
}

} // namespace podglass::agent::guard
