// SPDX-License-Identifier: Apache-2.0
#include "core/steal/nft_socket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/utsname.h>

namespace podglass::steal {

namespace {

constexpr std::size_t receiveBytes = std::size_t{64} * 1024;
constexpr unsigned nestBits = NLA_F_NESTED | NLA_F_NET_BYTEORDER;

std::string kernelName()
{
    utsname name = {};
    ::uname(&name);
    return std::string("kernel ") + name.release;
}

template <typename T>
std::optional<T> readAs(bytes::ByteView bytes)
{
    if (bytes.size() < sizeof(T))
        return std::nullopt;
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

// Calls `each` with header and payload of every message of a datagram.
template <typename Each>
void forEachMessage(bytes::ByteView datagram, Each each)
{
    while (const auto head = readAs<nlmsghdr>(datagram)) {
        if (head->nlmsg_len < sizeof(nlmsghdr) || head->nlmsg_len > datagram.size())
            return;
        each(*head, datagram.first(head->nlmsg_len).subspan(sizeof(nlmsghdr)));
        const std::size_t step =
            std::min<std::size_t>(NLMSG_ALIGN(head->nlmsg_len), datagram.size());
        datagram = datagram.subspan(step);
    }
}

// The errno of an NLMSG_ERROR payload; 0 is an acknowledgement.
int errorOf(bytes::ByteView payload)
{
    const auto error = readAs<nlmsgerr>(payload);
    return error ? -error->error : EBADMSG;
}

} // namespace

base::Error nftError(int number, std::string_view doing)
{
    base::Error error = base::systemError(number, std::string(doing));
    switch (number) {
    case EPERM:
        error.what = "not permitted to change packet rules";
        error.advice = "CAP_NET_ADMIN is missing in the target's network namespace";
        break;
    case EAFNOSUPPORT:
    case EPROTONOSUPPORT:
    case EOPNOTSUPP:
    case ENOENT:
        error.what = kernelName() + " lacks nf_tables, its nat chains or redirect";
        error.advice = "needs nf_tables, nft_chain_nat and nft_redir (Linux 5.12 or newer)";
        break;
    case EEXIST:
        error.what = "a table of this name is there already";
        error.lasting = base::Lasting::Transient;
        break;
    default:
        break;
    }
    return error;
}

void forEachAttribute(bytes::ByteView attributes,
                      const std::function<void(std::uint16_t, bytes::ByteView)>& each)
{
    while (const auto head = readAs<nlattr>(attributes)) {
        if (head->nla_len < sizeof(nlattr) || head->nla_len > attributes.size())
            return;
        each(static_cast<std::uint16_t>(head->nla_type & ~nestBits),
             attributes.first(head->nla_len).subspan(sizeof(nlattr)));
        attributes =
            attributes.subspan(std::min<std::size_t>(NLA_ALIGN(head->nla_len), attributes.size()));
    }
}

base::Result<NftSocket> NftSocket::open()
{
    io::Fd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_NETFILTER));
    if (!fd)
        return nftError(errno, "open netlink to nf_tables");
    sockaddr_nl address = {};
    address.nl_family = AF_NETLINK;
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return nftError(errno, "open netlink to nf_tables");
    return NftSocket(std::move(fd));
}

base::Result<std::size_t> NftSocket::receive(std::span<std::uint8_t> into) const
{
    for (;;) {
        const ssize_t got = ::recv(m_fd.get(), into.data(), into.size(), 0);
        if (got >= 0)
            return static_cast<std::size_t>(got);
        if (errno == EAGAIN)
            return std::size_t{0};
        if (errno != EINTR)
            return nftError(errno, "read an answer of nf_tables");
    }
}

io::Fd NftSocket::duplicate() const
{
    return io::Fd(::fcntl(m_fd.get(), F_DUPFD_CLOEXEC, 3));
}

void NftSocket::settle()
{
    io::Fd lower = duplicate();
    if (lower && lower.get() < m_fd.get())
        m_fd = std::move(lower);
}

base::Status NftSocket::commit(const NftBatch& batch)
{
    m_sequence = batch.nextSequence();
    const bytes::ByteView bytes = batch.bytes();
    if (::send(m_fd.get(), bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        return nftError(errno, "send rules to nf_tables");
    std::vector<std::uint8_t> answer(receiveBytes);
    std::optional<base::Error> refused;
    std::size_t acknowledged = 0;
    for (;;) {
        const auto got = receive(answer);
        if (!got)
            return got.error();
        if (*got == 0)
            break;
        forEachMessage(bytes::ByteView(answer).first(*got),
                       [&](const nlmsghdr& head, auto payload) {
                           if (head.nlmsg_type != NLMSG_ERROR)
                               return;
                           const int number = errorOf(payload);
                           acknowledged += number == 0 ? 1 : 0;
                           if (number != 0 && !refused)
                               refused = nftError(number, batch.what(head.nlmsg_seq));
                       });
    }
    if (refused)
        return *refused;
    if (acknowledged < batch.messages())
        return base::Error{
            "nf_tables did not answer", "set packet rules", {}, base::Lasting::Transient};
    return base::Done{};
}

base::Status NftSocket::dump(const NftQuery& query,
                             const std::function<void(bytes::ByteView)>& each)
{
    NftBatch request(m_sequence, query.family);
    request.begin(query.type, NLM_F_DUMP, "list packet rules");
    if (!query.table.empty())
        request.text(NFTA_RULE_TABLE, query.table); // the same number for every kind of object
    if (!query.set.empty())
        request.text(NFTA_SET_ELEM_LIST_SET, query.set);
    request.finish();
    m_sequence = request.nextSequence();
    // A dump is no transaction: only the middle message is sent, without the frame around it.
    constexpr std::size_t frame = sizeof(nlmsghdr) + sizeof(nfgenmsg);
    const bytes::ByteView middle =
        request.bytes().subspan(frame, request.bytes().size() - 2 * frame);
    if (::send(m_fd.get(), middle.data(), middle.size(), 0) < 0)
        return nftError(errno, "list packet rules");
    std::vector<std::uint8_t> answer(receiveBytes);
    bool done = false;
    std::optional<base::Error> refused;
    while (!done) {
        const auto got = receive(answer);
        if (!got)
            return got.error();
        if (*got == 0)
            break;
        forEachMessage(bytes::ByteView(answer).first(*got),
                       [&](const nlmsghdr& head, auto payload) {
                           if (head.nlmsg_type == NLMSG_DONE) {
                               done = true;
                           } else if (head.nlmsg_type == NLMSG_ERROR) {
                               done = true;
                               if (const int number = errorOf(payload); number != 0)
                                   refused = nftError(number, "list packet rules");
                           } else if (payload.size() >= sizeof(nfgenmsg)) {
                               each(payload.subspan(sizeof(nfgenmsg)));
                           }
                       });
    }
    if (refused)
        return *refused;
    return base::Done{};
}

} // namespace podglass::steal
