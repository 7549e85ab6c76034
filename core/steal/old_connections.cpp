// SPDX-License-Identifier: Apache-2.0
#include "core/steal/old_connections.h"

#include "core/bytes/view.h"
#include "core/steal/addresses.h"
#include "core/steal/redirect_table.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <set>

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace podglass::steal {

namespace {

constexpr const char* where = "end old connections";
// With a peer that hears of the end.
constexpr std::uint32_t living =
    1U << TCP_ESTABLISHED | 1U << TCP_FIN_WAIT1 | 1U << TCP_FIN_WAIT2 | 1U << TCP_CLOSE_WAIT;

using Ends = std::pair<flow::Endpoint, flow::Endpoint>; // local, remote

struct Request
{
    nlmsghdr header;
    inet_diag_req_v2 body;
};

struct Found
{
    inet_diag_msg about;
    std::uint32_t mark = 0;
};

flow::Endpoint endpoint(std::uint8_t family, const __be32* address, __be16 port)
{
    io::SocketAddress as;
    if (family == AF_INET) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = port;
        v4.sin_addr.s_addr = *address;
        std::memcpy(&as.storage, &v4, sizeof v4);
    } else {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = port;
        std::memcpy(&v6.sin6_addr, address, sizeof v6.sin6_addr);
        std::memcpy(&as.storage, &v6, sizeof v6);
    }
    return endpointOf(as);
}

flow::Endpoint local(const Found& of)
{
    return endpoint(of.about.idiag_family, of.about.id.idiag_src, of.about.id.idiag_sport);
}

flow::Endpoint remote(const Found& of)
{
    return endpoint(of.about.idiag_family, of.about.id.idiag_dst, of.about.id.idiag_dport);
}

template <typename T>
std::optional<T> take(bytes::ByteView from)
{
    T value{};
    if (from.size() < sizeof value)
        return std::nullopt;
    std::memcpy(&value, from.data(), sizeof value);
    return value;
}

// The rest behind one item of netlink, whose length does not count its padding.
bytes::ByteView behind(bytes::ByteView from, std::size_t length)
{
    constexpr std::size_t step = 4; // NLMSG_ALIGNTO, NLA_ALIGNTO
    return from.subspan(std::min((length + step - 1) / step * step, from.size()));
}

// `content`: of a message behind its header.
std::optional<Found> readOne(bytes::ByteView content)
{
    const auto about = take<inet_diag_msg>(content);
    if (!about)
        return std::nullopt;
    Found found{*about, 0};
    bytes::ByteView rest = behind(content, sizeof *about);
    while (const auto attribute = take<nlattr>(rest)) {
        if (attribute->nla_len < sizeof *attribute || attribute->nla_len > rest.size())
            break;
        if (attribute->nla_type == INET_DIAG_MARK)
            found.mark = take<std::uint32_t>(rest.subspan(sizeof *attribute)).value_or(0);
        rest = behind(rest, attribute->nla_len);
    }
    return found;
}

Request request(int type, int flags, std::uint8_t family)
{
    Request made{};
    made.header.nlmsg_len = sizeof made;
    made.header.nlmsg_type = static_cast<std::uint16_t>(type);
    made.header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    made.body.sdiag_family = family;
    made.body.sdiag_protocol = IPPROTO_TCP;
    made.body.idiag_states = living;
    return made;
}

// Of an NLMSG_ERROR; 0: it is an acknowledgement.
int errorIn(bytes::ByteView content)
{
    const auto error = take<nlmsgerr>(content);
    return error ? -error->error : EPROTO;
}

// True: that was all, or `error` says why not.
bool takeMessages(bytes::ByteView received, std::vector<Found>& all, int& error)
{
    while (const auto header = take<nlmsghdr>(received)) {
        if (header->nlmsg_len < sizeof *header || header->nlmsg_len > received.size()) {
            error = EPROTO;
            return true;
        }
        const bytes::ByteView content =
            received.subspan(sizeof *header, header->nlmsg_len - sizeof *header);
        if (header->nlmsg_type == NLMSG_ERROR)
            error = errorIn(content);
        if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR)
            return true;
        if (const auto found = readOne(content))
            all.push_back(*found);
        received = behind(received, header->nlmsg_len);
    }
    return false;
}

// The kernel answers inside send() and recv(): nothing waits.
base::Status list(const io::Fd& socket, std::uint8_t family, std::vector<Found>& all)
{
    const Request ask = request(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, family);
    if (::send(socket.get(), &ask, sizeof ask, 0) < 0)
        return base::systemError(errno, where);
    std::array<std::uint8_t, std::size_t{32} << 10> answer{};
    int error = 0;
    ssize_t got = 0;
    do {
        got = ::recv(socket.get(), answer.data(), answer.size(), 0);
        if (got <= 0)
            return base::systemError(got < 0 ? errno : EPIPE, where);
    } while (
        !takeMessages(bytes::ByteView(answer).first(static_cast<std::size_t>(got)), all, error));
    // A kernel without IPv6 has no such connections.
    return error == 0 || error == ENOENT ? base::Status(base::Done{})
                                         : base::systemError(error, where);
}

// 0: it is gone.
int destroy(const io::Fd& socket, const Found& one)
{
    Request ask = request(SOCK_DESTROY, NLM_F_ACK, one.about.idiag_family);
    ask.body.id = one.about.id;
    if (::send(socket.get(), &ask, sizeof ask, 0) < 0)
        return errno;
    std::array<std::uint8_t, 4'096> answer{};
    const ssize_t got = ::recv(socket.get(), answer.data(), answer.size(), 0);
    const bytes::ByteView received =
        bytes::ByteView(answer).first(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    const auto header = take<nlmsghdr>(received);
    if (!header || header->nlmsg_type != NLMSG_ERROR)
        return EPROTO;
    const int error = errorIn(received.subspan(sizeof *header));
    return error == ENOENT ? 0 : error; // it ended meanwhile
}

base::Error unwilling(int error)
{
    if (error == EOPNOTSUPP)
        return {.what = "this kernel cannot end connections of other programs "
                        "(CONFIG_INET_DIAG_DESTROY is off)",
                .where = where,
                .advice = "restart the clients, or the service"};
    return base::systemError(error, where, "CAP_NET_ADMIN is needed in the target's namespace");
}

} // namespace

base::Result<OldConnections> endOldConnections(std::uint16_t port)
{
    const io::Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
    if (!socket)
        return base::systemError(errno, where, "the kernel module inet_diag is needed");
    std::vector<Found> all;
    for (const std::uint8_t family : {std::uint8_t{AF_INET}, std::uint8_t{AF_INET6}})
        if (const base::Status listed = list(socket, family, all); !listed)
            return listed.error();
    std::set<Ends> passedOn; // as the service sees them
    for (const Found& each : all)
        if (each.mark == upstreamMark)
            passedOn.emplace(remote(each), local(each));
    OldConnections result;
    int problem = 0;
    for (const Found& each : all) {
        if (ntohs(each.about.id.idiag_sport) != port
            || passedOn.contains({local(each), remote(each)}))
            continue;
        const int error = destroy(socket, each);
        problem = error != 0 ? error : problem;
        ++(error == 0 ? result.ended : result.left);
    }
    if (result.ended == 0 && problem != 0)
        return unwilling(problem);
    return result;
}

} // namespace podglass::steal
