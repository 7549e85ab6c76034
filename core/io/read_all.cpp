// SPDX-License-Identifier: Apache-2.0
#include "core/io/read_all.h"

#include <cerrno>

#include <unistd.h>

namespace podglass::io {

namespace {

template <typename Byte>
ssize_t readInto(int fd, std::span<Byte> room)
{
    std::size_t done = 0;
    while (done < room.size()) {
        const ssize_t got = ::read(fd, room.data() + done, room.size() - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += static_cast<std::size_t>(got);
    }
    return static_cast<ssize_t>(done);
}

} // namespace

ssize_t readAll(int fd, std::span<std::uint8_t> room)
{
    return readInto(fd, room);
}

ssize_t readAll(int fd, std::span<char> room)
{
    return readInto(fd, room);
}

} // namespace podglass::io
