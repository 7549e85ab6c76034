// SPDX-License-Identifier: Apache-2.0
#include "core/io/new_file.h"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace podglass::io {

NewFile::NewFile(std::string path, std::string part)
    : m_path(std::move(path))
    , m_part(std::move(part))
{}

NewFile::~NewFile()
{
    if (m_file && !m_path.empty())
        ::unlink(m_part.c_str());
}

base::Result<NewFile> NewFile::create(const std::string& path, Existing existing)
{
    struct stat there = {};
    if (::stat(path.c_str(), &there) == 0) {
        if (existing == Existing::Refused)
            return base::systemError(EEXIST, "write " + path, "choose another name");
        if (!S_ISREG(there.st_mode))
            return base::Error{.what = "it is no ordinary file",
                               .where = "write " + path,
                               .advice = "choose another name"};
    }
    // Before there is a file: nothing that may fail stands between it and its owner.
    NewFile made(path, path + ".part");
    constexpr mode_t ownerOnly = 0600;
    made.m_file.reset(::open(
        made.m_part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, ownerOnly));
    if (!made.m_file)
        return base::systemError(errno,
                                 "write " + made.m_part,
                                 errno == EEXIST ? "another program writes it, or was stopped "
                                                   "before its end: then remove it"
                                                 : "check the folder");
    return made;
}

base::Result<NewFile> NewFile::standardOutput()
{
    NewFile made({}, "standard output");
    made.m_file.reset(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!made.m_file)
        return base::systemError(errno, "write to the standard output");
    return made;
}

base::Error NewFile::failed(int number, const char* advice)
{
    m_failed = true;
    return base::systemError(number, "write " + m_part, advice);
}

base::Status NewFile::write(bytes::ByteView data)
{
    if (m_failed)
        return failed(EIO, "an earlier write failed");
    while (!data.empty()) {
        const ssize_t put = ::write(m_file.get(), data.data(), data.size());
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return failed(errno, "free some space, or choose another folder");
        m_total += static_cast<std::uint64_t>(put);
        data = data.subspan(static_cast<std::size_t>(put));
    }
    return base::Done{};
}

base::Status NewFile::finish()
{
    if (m_failed)
        return failed(EIO, "an earlier write failed");
    if (m_path.empty()) {
        m_file.reset();
        return base::Done{};
    }
    if (::fsync(m_file.get()) != 0)
        return failed(errno, "is the disk full?");
    if (::rename(m_part.c_str(), m_path.c_str()) != 0)
        return base::systemError(errno, "rename " + m_part, "check the folder");
    m_file.reset();
    return base::Done{};
}

} // namespace podglass::io
