// SPDX-License-Identifier: Apache-2.0
// CallFilter: the system calls that are left to a process once it is confined. What is not named
// fails with EPERM; what is deadly ends the process. Memory never becomes executable and no file is
// opened to write.
//
// Threads: those started after load(), and the one that calls it.
// Source: seccomp(2), seccomp_rule_add(3).
#pragma once

#include "core/base/result.h"

#include <memory>
#include <seccomp.h>
#include <span>

namespace podglass::io {

class CallFilter
{
public:
    CallFilter(std::span<const int> allowed, std::span<const int> deadly);

    // The call is allowed while its argument is as said.
    void allowIf(int call, const scmp_arg_cmp& condition);
    // … while both are.
    void allowIfBoth(int call, const scmp_arg_cmp& one, const scmp_arg_cmp& other);
    // The call fails with `error`.
    void refuse(int call, int error);

    // 0, or an errno. Cannot be undone.
    [[nodiscard]] int load();

private:
    std::unique_ptr<void, decltype(&seccomp_release)> m_filter;
    int m_failed = 0; // the first thing that went wrong, negative
};

} // namespace podglass::io
