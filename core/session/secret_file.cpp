// SPDX-License-Identifier: Apache-2.0
#include "core/session/secret_file.h"

#include "core/io/fd.h"
#include "core/io/read_all.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace podglass::session {

base::Result<std::vector<std::uint8_t>> readSecret(const std::string& path)
{
    constexpr std::size_t secretBytes = 4'096;
    const std::string where = "secret file " + path;
    const io::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));

    struct stat about
    {};

    if (!file || ::fstat(file.get(), &about) != 0)
        return base::systemError(errno, where);
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return base::Error{
            .what = "others may read it", .where = where, .advice = "chmod 600 " + path};
    std::vector<std::uint8_t> secret(secretBytes);
    const ssize_t got = io::readAll(file.get(), secret);
    if (got < 0)
        return base::systemError(errno, where);
    secret.resize(static_cast<std::size_t>(got));
    if (!secret.empty() && secret.back() == '\n')
        secret.pop_back(); // written by an editor; the agent reads it the same way
    if (secret.empty())
        return base::Error{.what = "it is empty", .where = where, .advice = {}};
    return secret;
}

} // namespace podglass::session
