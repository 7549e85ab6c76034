// SPDX-License-Identifier: Apache-2.0
#include "core/targets/small_file.h"

#include "core/base/limits.h"
#include "core/io/fd.h"
#include "core/io/read_all.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <pwd.h>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace podglass::targets {

base::Result<std::string> readSmallFile(const std::string& path)
{
    // Non-blocking: a FIFO in the place of the file must not hang us.
    const io::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) {
        if (errno == ENOENT || errno == ENOTDIR)
            return std::string();
        return base::systemError(errno, "read " + path);
    }
    std::string text;
    std::array<char, 16'384> buffer{};
    for (;;) {
        const ssize_t got = io::readAll(file.get(), buffer);
        if (got < 0)
            return base::systemError(errno, "read " + path);
        if (got == 0)
            return text;
        text.append(buffer.data(), static_cast<std::size_t>(got));
        if (text.size() > limits::configFileBytes)
            return base::systemError(EFBIG, "read " + path);
    }
}

std::string homeDirectory()
{
    if (const char* home = ::secure_getenv("HOME"); home != nullptr && *home == '/')
        return home;
    passwd entry{};
    passwd* found = nullptr;
    std::vector<char> buffer(16'384);
    if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0
        && found != nullptr)
        return found->pw_dir;
    return "/";
}

std::string expandHome(const std::string& path)
{
    if (path == "~" || path.starts_with("~/"))
        return homeDirectory() + path.substr(1);
    return path;
}

} // namespace podglass::targets
