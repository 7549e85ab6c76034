// SPDX-License-Identifier: Apache-2.0
#include "core/agent/rights.h"

#include "core/io/fd.h"
#include "core/telemetry/text_file.h"
#include "core/wire/message.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <linux/capability.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>

namespace podglass::agent {

namespace {

std::uint64_t effectiveSet(std::string_view status)
{
    while (!status.empty()) {
        std::string_view line = telemetry::takeLine(status);
        if (telemetry::takeWord(line) != "CapEff:")
            continue;
        const std::string_view hex = telemetry::takeWord(line);
        std::uint64_t set = 0;
        std::from_chars(hex.data(), hex.data() + hex.size(), set, 16);
        return set;
    }
    return 0;
}

// Asks for the generation of the rule set: a kernel without nf_tables answers with an error.
bool kernelHasNftables()
{
    const io::Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER));
    if (!socket)
        return false;

    struct Request
    {
        nlmsghdr header;
        nfgenmsg message;
    };

    Request request{};
    request.header.nlmsg_len = sizeof request;
    request.header.nlmsg_type = (NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_GETGEN;
    request.header.nlmsg_flags = NLM_F_REQUEST;
    request.message.nfgen_family = AF_UNSPEC;
    request.message.version = NFNETLINK_V0;
    std::array<std::uint8_t, 1024> answer{};
    if (::send(socket.get(), &request, sizeof request, 0) < 0)
        return false;
    // The kernel answers inside send(), so this never waits.
    const ssize_t got = ::recv(socket.get(), answer.data(), answer.size(), MSG_DONTWAIT);
    nlmsghdr header{};
    if (got < static_cast<ssize_t>(sizeof header))
        return false;
    std::memcpy(&header, answer.data(), sizeof header);
    return header.nlmsg_type != NLMSG_ERROR;
}

void addLack(std::string& list, const char* lack)
{
    list += (list.empty() ? "" : "; ") + std::string(lack);
}

} // namespace

Rights rightsIn(std::string_view status)
{
    const std::uint64_t set = effectiveSet(status);
    const auto has = [&](unsigned number) { return ((set >> number) & 1) != 0; };
    return {
        .capture = has(CAP_NET_RAW), .redirect = has(CAP_NET_ADMIN), .enter = has(CAP_SYS_ADMIN)};
}

Rights ownRights()
{
    Rights rights =
        rightsIn(telemetry::readTextFile("/proc/thread-self/status").value_or(std::string()));
    rights.nftables = kernelHasNftables();
    return rights;
}

std::uint64_t Rights::capabilities() const
{
    const auto bit = [](bool there, wire::Capability capability) {
        return there ? static_cast<std::uint64_t>(capability) : 0;
    };
    return bit(capture, wire::Capability::Mirror)
           | bit(stealLacks().empty(), wire::Capability::Steal)
           | bit(true, wire::Capability::ListTargets)
           | bit(redirect && nftables, wire::Capability::Rules)
           | bit(redirect, wire::Capability::EndOld) | bit(enter, wire::Capability::EnterNamespace);
}

std::string Rights::stealLacks() const
{
    std::string list;
    if (!redirect)
        addLack(list, "CAP_NET_ADMIN is missing");
    else if (!nftables)
        addLack(list, "this kernel has no nftables (module nf_tables)");
    return list;
}

std::string Rights::lacking() const
{
    std::string list;
    if (!capture)
        addLack(list, "CAP_NET_RAW is missing: nothing can be captured");
    if (const std::string steal = stealLacks(); !steal.empty())
        addLack(list, (steal + ": no stealing").c_str());
    if (!enter)
        addLack(list, "CAP_SYS_ADMIN is missing: only the target \"self\" can be attached");
    return list;
}

} // namespace podglass::agent
