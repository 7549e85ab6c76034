// SPDX-License-Identifier: Apache-2.0
#include "core/io/fd.h"

#include <cstdint>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace podglass::io {

void Fd::reset(int number)
{
    if (m_number >= 0)
        ::close(m_number);
    m_number = number;
}

Fd makeEventFd()
{
    return Fd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
}

void ring(const Fd& bell)
{
    const std::uint64_t one = 1;
    // Fails only when the counter is at its maximum, and then the bell rings already.
    [[maybe_unused]] const auto written = ::write(bell.get(), &one, sizeof one);
}

void silence(const Fd& bell)
{
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(bell.get(), &count, sizeof count);
}

bool setNonBlocking(int fd, bool on)
{
    const int flags = ::fcntl(fd, F_GETFL);
    return flags >= 0 && ::fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK) == 0;
}

} // namespace podglass::io
