// SPDX-License-Identifier: Apache-2.0
#include "core/capture/network_namespace.h"

#include "core/bytes/view.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <sched.h>

#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

namespace podglass::capture {

namespace {

// The thread's own, not the process's.
constexpr const char* ownNamespace = "/proc/thread-self/ns/net";

constexpr std::size_t answerBytes = std::size_t{64} * 1024;
constexpr std::uint32_t dumpSequence = 1; // notices have 0

template <typename T>
T readAs(bytes::ByteView bytes)
{
    T value{};
    std::memcpy(&value, bytes.data(), std::min(sizeof value, bytes.size()));
    return value;
}

std::optional<Interface> readLink(bytes::ByteView message)
{
    constexpr std::size_t fixed = sizeof(nlmsghdr) + sizeof(ifinfomsg);
    if (message.size() < fixed)
        return std::nullopt;
    const auto link = readAs<ifinfomsg>(message.subspan(sizeof(nlmsghdr)));
    Interface interface;
    interface.index = static_cast<std::uint32_t>(link.ifi_index);
    interface.up = (link.ifi_flags & IFF_UP) != 0;
    interface.loopback = (link.ifi_flags & IFF_LOOPBACK) != 0;
    bytes::ByteView attributes = message.subspan(fixed);
    while (attributes.size() >= sizeof(rtattr)) {
        const auto head = readAs<rtattr>(attributes);
        if (head.rta_len < sizeof(rtattr) || head.rta_len > attributes.size())
            break;
        if (head.rta_type == IFLA_IFNAME) {
            const std::string_view name =
                bytes::asText(attributes.first(head.rta_len).subspan(sizeof(rtattr)));
            interface.name = name.substr(0, name.find('\0'));
        }
        attributes =
            attributes.subspan(std::min<std::size_t>(RTA_ALIGN(head.rta_len), attributes.size()));
    }
    return interface;
}

// True: that was the last of them.
bool takeLinks(bytes::ByteView datagram, std::vector<Interface>& found)
{
    while (datagram.size() >= sizeof(nlmsghdr)) {
        const auto head = readAs<nlmsghdr>(datagram);
        if (head.nlmsg_len < sizeof(nlmsghdr) || head.nlmsg_len > datagram.size())
            return true;
        const bool ours = head.nlmsg_seq == dumpSequence;
        if (ours && (head.nlmsg_type == NLMSG_DONE || head.nlmsg_type == NLMSG_ERROR))
            return true;
        if (ours && head.nlmsg_type == RTM_NEWLINK) {
            if (auto interface = readLink(datagram.first(head.nlmsg_len)))
                found.push_back(std::move(*interface));
        }
        datagram =
            datagram.subspan(std::min<std::size_t>(NLMSG_ALIGN(head.nlmsg_len), datagram.size()));
    }
    return false;
}

} // namespace

base::Result<io::Fd> openNetworkNamespace(const std::string& path)
{
    io::Fd descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!descriptor) {
        return base::systemError(errno,
                                 "open network namespace " + path,
                                 "the target must be running and the agent allowed to see it");
    }
    return descriptor;
}

base::Status enterNetworkNamespace(int descriptor)
{
    if (setns(descriptor, CLONE_NEWNET) != 0)
        return base::systemError(errno, "enter network namespace", "the agent needs CAP_SYS_ADMIN");
    return base::Done{};
}

base::Result<NamespaceGuard> NamespaceGuard::enter(int descriptor)
{
    if (descriptor < 0)
        return NamespaceGuard(io::Fd());
    auto back = openNetworkNamespace(ownNamespace);
    if (!back)
        return back.error();
    if (auto entered = enterNetworkNamespace(descriptor); !entered)
        return entered.error();
    return NamespaceGuard(std::move(back).value());
}

NamespaceGuard::~NamespaceGuard()
{
    // It was left a moment ago and the descriptor keeps it alive, so this cannot be refused.
    if (m_back)
        setns(m_back.get(), CLONE_NEWNET);
}

base::Result<std::vector<Interface>> listInterfaces()
{
    const io::Fd route(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!route)
        return base::systemError(errno, "list network interfaces");
    return listInterfaces(route);
}

base::Result<std::vector<Interface>> listInterfaces(const io::Fd& routeSocket)
{
    std::vector<std::uint8_t> answer(answerBytes);
    const auto receive = [&] {
        return ::recv(routeSocket.get(), answer.data(), answer.size(), MSG_DONTWAIT);
    };
    while (receive() > 0 || errno == ENOBUFS) {}

    struct Request
    {
        nlmsghdr head;
        ifinfomsg link;
    };

    Request request{};
    request.head.nlmsg_len = sizeof request;
    request.head.nlmsg_type = RTM_GETLINK;
    request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    request.head.nlmsg_seq = dumpSequence;
    if (::send(routeSocket.get(), &request, sizeof request, 0) < 0)
        return base::systemError(errno, "list network interfaces");
    std::vector<Interface> found;
    // The kernel answers inside send() and recv(), so there is always something until the end.
    for (bool done = false; !done;) {
        const ssize_t got = receive();
        if (got < 0)
            return base::systemError(errno, "list network interfaces");
        done = takeLinks({answer.data(), static_cast<std::size_t>(got)}, found);
    }
    std::ranges::sort(found, {}, &Interface::index);
    return found;
}

} // namespace podglass::capture
