// SPDX-License-Identifier: Apache-2.0
// NamespaceDoor: makes sockets inside another network namespace. A socket belongs for good to the
// namespace its thread was in when it was made, so the thread goes in, makes it and comes back.
//
// Contract: the calling thread is in its own namespace again when inNamespace() returns. If the way
// back is barred (it never was in any kernel we know, the descriptor being open), the process ends:
// going on in the wrong namespace would open sockets in somebody else's network.
// Thread: the one that made it. Rights: CAP_SYS_ADMIN, unless the target is our own namespace.
// Source: setns(2), network_namespaces(7).
#pragma once

#include "core/base/result.h"
#include "core/io/fd.h"

#include <functional>

namespace podglass::steal {

class NamespaceDoor
{
public:
    NamespaceDoor() = default; // to our own namespace

    // `target` stays the caller's and outlives the door; -1 is the thread's own namespace.
    static base::Result<NamespaceDoor> open(int target);

    // Runs `inside` with the thread in the target's namespace.
    [[nodiscard]] base::Status inNamespace(const std::function<void()>& inside) const;

    [[nodiscard]] bool sameAsOwn() const { return m_target < 0; }

private:
    NamespaceDoor(io::Fd own, int target)
        : m_own(std::move(own))
        , m_target(target)
    {}

    io::Fd m_own;
    int m_target = -1; // -1: no way to go
};

} // namespace podglass::steal
