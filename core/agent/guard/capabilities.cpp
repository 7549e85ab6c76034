// SPDX-License-Identifier: Apache-2.0
#include "core/agent/guard/confine.h"

#include <array>
#include <cerrno>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace podglass::agent::guard {

// Taking the bounding set away needs CAP_SETPCAP; without it nothing could be gained by exec
// either, since there are no new privileges.
void forgetBounding(std::uint64_t kept)
{
    for (unsigned each = 0; ::prctl(PR_CAPBSET_READ, each, 0, 0, 0) >= 0; ++each) {
        if ((kept >> each & 1) == 0)
            ::prctl(PR_CAPBSET_DROP, each, 0, 0, 0);
    }
}

base::Status keepOnly(std::initializer_list<unsigned> capabilities)
{
    std::uint64_t kept = 0;
    for (const unsigned each : capabilities)
        kept |= std::uint64_t{1} << each;
    forgetBounding(kept);
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets = {};
    if (::syscall(SYS_capget, &header, sets.data()) != 0)
        return base::systemError(errno, "read our capabilities");
    for (std::size_t word = 0; word < sets.size(); ++word) {
        const auto mask = static_cast<std::uint32_t>(kept >> (32 * word));
        sets[word].permitted &= mask;
        sets[word].effective = sets[word].permitted;
        sets[word].inheritable = 0;
    }
    if (::syscall(SYS_capset, &header, sets.data()) != 0)
        return base::systemError(errno, "give capabilities away");
    return base::Done{};
}

} // namespace podglass::agent::guard
