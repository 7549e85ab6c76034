// SPDX-License-Identifier: Apache-2.0
// One thread of another process that stands still, by ptrace(2), until the object goes.
#pragma once

#include <optional>

#include <sys/types.h>

namespace podglass::test {

class HeldThread
{
public:
    // The thread with the capture's nice level, of `process` or of a child of it. None: there is no
    // such thread, or it may not be traced.
    static std::optional<HeldThread> niceOneUnder(pid_t process);
    HeldThread(HeldThread&& other) noexcept;
    HeldThread& operator=(HeldThread&&) = delete;
    ~HeldThread();

private:
    explicit HeldThread(pid_t thread)
        : m_thread(thread)
    {}

    pid_t m_thread;
};

} // namespace podglass::test
