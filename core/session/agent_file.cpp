// SPDX-License-Identifier: Apache-2.0
#include "core/session/agent_file.h"

#include "core/base/digest.h"
#include "core/bytes/view.h"
#include "core/io/fd.h"
#include "core/io/read_all.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace podglass::session {

namespace {

constexpr off_t agentFileBytes = 256 << 20;

base::Error unreadable(int number, const std::string& path)
{
    base::Error error = base::systemError(number, path, "name the agent's file with --agent");
    error.what.insert(0, "the agent's file cannot be read\n");
    return error;
}

} // namespace

base::Result<AgentBytes> readAgentFile(const std::string& path)
{
    AgentBytes agent;
    if (path.empty())
        return agent;
    const io::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));

    struct stat about
    {};

    if (!file || ::fstat(file.get(), &about) != 0)
        return unreadable(errno, path);
    if (!S_ISREG(about.st_mode) || about.st_size > agentFileBytes)
        return unreadable(EFBIG, path);
    agent.bytes.resize(static_cast<std::size_t>(about.st_size));
    const ssize_t got = io::readAll(file.get(), agent.bytes);
    if (got != static_cast<ssize_t>(agent.bytes.size()))
        return unreadable(got < 0 ? errno : EIO, path);
    base::Sha256 sum;
    sum.update(agent.bytes);
    const base::Digest digest = sum.finish();
    agent.file.sha256 = base::hex(digest);
    agent.file.size = agent.bytes.size();
    agent.file.machine = elfMachine(bytes::asText(agent.bytes).substr(0, 20));
    return agent;
}

} // namespace podglass::session
