// SPDX-License-Identifier: Apache-2.0
// Files of the file system, read whole: a call that is interrupted or gives less goes on.
#pragma once

#include <cstdint>
#include <span>

#include <sys/types.h>

namespace podglass::io {

// Reads until `room` is full or nothing more comes, and returns how much; -1: errno says why.
ssize_t readAll(int fd, std::span<std::uint8_t> room);
ssize_t readAll(int fd, std::span<char> room);

} // namespace podglass::io
