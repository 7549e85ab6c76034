// SPDX-License-Identifier: Apache-2.0
#include "core/io/fd.h"
#include "core/targets/base64.h"
#include "core/targets/known_hosts.h"
#include "core/targets/small_file.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace podglass::targets {

base::Status loadKnownHosts(KnownHosts& hosts, const std::string& path)
{
    auto text = readSmallFile(path);
    if (!text)
        return text.error();
    hosts.add(*text, path);
    return base::Done{};
}

base::Result<io::Fd> openKnownHosts(const std::string& path)
{
    const std::string where = "open " + path;
    const std::string folder = path.substr(0, path.rfind('/'));
    if (folder != path && !folder.empty() && ::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return base::systemError(errno, where);
    io::Fd file(::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
    if (!file)
        return base::systemError(errno, where);
    return file;
}

base::Status appendKnownHost(const io::Fd& file,
                             const std::string& name,
                             std::string_view type,
                             std::string_view blob)
{
    std::string line = name + " " + std::string(type) + " " + toBase64(blob) + "\n";
    const off_t size = ::lseek(file.get(), 0, SEEK_END);
    char last = '\n';
    if (size > 0 && ::pread(file.get(), &last, 1, size - 1) != 1)
        return base::systemError(errno, "save the host key");
    if (last != '\n')
        line.insert(0, 1, '\n');
    errno = 0;
    // One write: O_APPEND makes it whole even when several programs append.
    if (::write(file.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        return base::systemError(errno != 0 ? errno : ENOSPC, "save the host key");
    return base::Done{};
}

} // namespace podglass::targets
