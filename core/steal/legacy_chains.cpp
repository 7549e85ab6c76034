// SPDX-License-Identifier: Apache-2.0
// The old iptables: a table is one blob of entries; each chain made by a user begins with an entry
// whose target is called ERROR and carries the chain's name. Source: linux/netfilter_ipv4/
// ip_tables.h, linux/netfilter/x_tables.h.
#include "core/steal/foreign_rules.h"

#include <cstddef>
#include <cstring>
#include <fstream>
#include <optional>

// The C library's before the kernel's, which leave out what those define.
// clang-format off
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

// clang-format on

namespace podglass::steal {

namespace {

constexpr std::size_t mostBytes = std::size_t{4} << 20;

// False: it is not all there.
template <typename T>
bool read(bytes::ByteView bytes, std::size_t offset, T& into)
{
    if (offset > bytes.size() || bytes.size() - offset < sizeof(T))
        return false;
    std::memcpy(&into, bytes.data() + offset, sizeof into);
    return true;
}

struct Offsets
{
    std::uint16_t target = 0;
    std::uint16_t next = 0;
};

std::optional<Offsets> offsetsOf(bytes::ByteView entry, int family)
{
    ipt_entry v4 = {};
    ip6t_entry v6 = {};
    if (family == AF_INET && read(entry, 0, v4))
        return Offsets{v4.target_offset, v4.next_offset};
    if (family == AF_INET6 && read(entry, 0, v6))
        return Offsets{v6.target_offset, v6.next_offset};
    return std::nullopt;
}

// Of fixed arrays of char, which may lack their ending zero.
template <std::size_t Size>
std::string nameIn(const char (&text)[Size])
{
    return {text, ::strnlen(text, Size)};
}

// Asking for a table loads its module; only one that is in use is asked for.
bool inUse(int family)
{
    std::ifstream names(family == AF_INET ? "/proc/thread-self/net/ip_tables_names"
                                          : "/proc/thread-self/net/ip6_tables_names");
    std::string name;
    while (names >> name) {
        if (name == "nat")
            return true;
    }
    return false;
}

} // namespace

std::vector<std::string> legacyChainsIn(bytes::ByteView entries, int family)
{
    std::vector<std::string> names;
    while (const auto offsets = offsetsOf(entries, family)) {
        if (offsets->next == 0 || offsets->next > entries.size())
            break;
        xt_error_target target = {};
        if (read(entries.first(offsets->next), offsets->target, target)
            && nameIn(target.target.u.user.name) == XT_ERROR_TARGET) {
            // The last entry of every table is an ERROR of that name.
            if (const std::string name = nameIn(target.errorname); name != XT_ERROR_TARGET)
                names.push_back(name);
        }
        entries = entries.subspan(offsets->next);
    }
    return names;
}

std::vector<std::string> legacyChains(int family)
{
    if (!inUse(family))
        return {};
    const io::Fd socket(::socket(family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
    const int level = family == AF_INET ? SOL_IP : SOL_IPV6;
    ipt_getinfo info = {}; // the same for both families, and so are the numbers
    std::strncpy(info.name, "nat", sizeof info.name - 1);
    socklen_t length = sizeof info;
    if (::getsockopt(socket.get(), level, IPT_SO_GET_INFO, &info, &length) != 0
        || info.size > mostBytes)
        return {"PREROUTING"}; // in use, but not to be read
    std::vector<std::uint8_t> answer(sizeof(ipt_get_entries) + info.size);
    // Field by field: the struct ends in an array without a length, which not every compiler takes.
    std::memcpy(answer.data() + offsetof(ipt_get_entries, name), info.name, sizeof info.name);
    std::memcpy(answer.data() + offsetof(ipt_get_entries, size), &info.size, sizeof info.size);
    length = static_cast<socklen_t>(answer.size());
    if (::getsockopt(socket.get(), level, IPT_SO_GET_ENTRIES, answer.data(), &length) != 0)
        return {"PREROUTING"};
    std::vector<std::string> names{"PREROUTING", "OUTPUT"};
    const auto more =
        legacyChainsIn(bytes::ByteView(answer).subspan(sizeof(ipt_get_entries)), family);
    names.insert(names.end(), more.begin(), more.end());
    return names;
}

} // namespace podglass::steal
