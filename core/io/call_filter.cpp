// SPDX-License-Identifier: Apache-2.0
#include "core/io/call_filter.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/mman.h>

namespace podglass::io {

CallFilter::CallFilter(std::span<const int> allowed, std::span<const int> deadly)
    : m_filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)), &seccomp_release)
{
    if (!m_filter) {
        m_failed = -ENOMEM;
        return;
    }
    for (const int call : allowed)
        m_failed |= seccomp_rule_add(m_filter.get(), SCMP_ACT_ALLOW, call, 0);
    for (const int call : deadly)
        m_failed |= seccomp_rule_add(m_filter.get(), SCMP_ACT_KILL_PROCESS, call, 0);
    for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)})
        allowIf(call, {2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0});
    constexpr scmp_datum_t writing = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;
    allowIf(SCMP_SYS(openat), {2, SCMP_CMP_MASKED_EQ, writing, 0});
    allowIf(SCMP_SYS(open), {1, SCMP_CMP_MASKED_EQ, writing, 0});
}

// Not by the library's macros: they are C99 literals, which clang does not take in C++.
void CallFilter::allowIf(int call, const scmp_arg_cmp& condition)
{
    if (m_filter)
        m_failed |= seccomp_rule_add_array(m_filter.get(), SCMP_ACT_ALLOW, call, 1, &condition);
}

void CallFilter::allowIfBoth(int call, const scmp_arg_cmp& one, const scmp_arg_cmp& other)
{
    const std::array both{one, other};
    if (m_filter)
        m_failed |=
            seccomp_rule_add_array(m_filter.get(), SCMP_ACT_ALLOW, call, both.size(), both.data());
}

void CallFilter::refuse(int call, int error)
{
    if (m_filter)
        m_failed |= seccomp_rule_add(
            m_filter.get(), SCMP_ACT_ERRNO(static_cast<std::uint32_t>(error)), call, 0);
}

int CallFilter::load()
{
    if (m_failed != 0)
        return EINVAL;
    return -seccomp_load(m_filter.get());
}

} // namespace podglass::io
