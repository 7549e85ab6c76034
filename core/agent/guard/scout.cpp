// SPDX-License-Identifier: Apache-2.0
#include "core/agent/guard/scout.h"

#include "core/agent/guard/confine.h"
#include "core/wire/codec.h"

#include <cerrno>
#include <csignal>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace podglass::agent::guard {

namespace {

bool answerWithFile(const Line& line, const wire::Message& message)
{
    std::vector<std::uint8_t> bytes;
    wire::encode(message, bytes);
    const auto file = fileWith(bytes);
    if (!file)
        return static_cast<bool>(line.send(asMessage(replyOf(file.error())), {}));
    const int number = file->get();
    return static_cast<bool>(line.send(asMessage(Reply{}), std::span(&number, 1)));
}

bool resolve(const Line& line, const Request& request)
{
    const auto resolved = HostPrivileges().resolve(textOf(request.text));
    if (!resolved)
        return static_cast<bool>(line.send(asMessage(replyOf(resolved.error())), {}));
    Reply reply;
    reply.number = resolved->pid;
    put(reply.text, resolved->name);
    const int number = resolved->networkNamespace.get();
    return static_cast<bool>(line.send(asMessage(reply), std::span(&number, 1)));
}

bool answer(const Line& line, const Request& request, int networkNamespace)
{
    HostPrivileges host;
    switch (request.ask) {
    case Ask::Resolve:
        return resolve(line, request);
    case Ask::ListTargets:
        return answerWithFile(line, host.listTargets());
    case Ask::ListeningPorts: {
        wire::Attached ports;
        ports.ports = host.listeningPorts(networkNamespace, textOf(request.text));
        return answerWithFile(line, ports);
    }
    case Ask::PeerPorts: {
        const auto peers = host.peerPorts(networkNamespace, request.port);
        Reply reply = peers ? Reply{} : replyOf(peers.error());
        std::string numbers;
        for (const std::uint16_t peer : peers ? *peers : std::vector<std::uint16_t>())
            numbers += std::to_string(peer) + " ";
        if (peers)
            put(reply.text, numbers);
        return static_cast<bool>(line.send(asMessage(reply), {}));
    }
    case Ask::ProcessIn: {
        Reply reply;
        const auto found = host.processIn(networkNamespace, request.number);
        if (found)
            reply.number = *found;
        else
            reply = replyOf(found.error());
        return static_cast<bool>(line.send(asMessage(reply), {}));
    }
    default:
        return false;
    }
}

} // namespace

bool needsScout(Ask ask)
{
    return ask == Ask::Resolve || ask == Ask::ListTargets || ask == Ask::ListeningPorts
           || ask == Ask::PeerPorts || ask == Ask::ProcessIn;
}

base::Result<pid_t> sendScout(const Line& line, const Request& request, int networkNamespace)
{
    const pid_t guard = ::getpid();
    const pid_t scout = ::fork();
    if (scout < 0)
        return base::systemError(errno, "look at this host's processes");
    if (scout > 0)
        return scout;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const bool orphaned = ::getppid() != guard;
    keepScoutRights();
    ::_exit(!orphaned && answer(line, request, networkNamespace) ? 0 : 1);
}

base::Result<io::Fd> fileWith(std::span<const std::uint8_t> content)
{
    io::Fd file(::memfd_create("podglass", MFD_CLOEXEC));
    if (!file)
        return base::systemError(errno, "make a file in memory");
    while (!content.empty()) {
        const ssize_t written = ::write(file.get(), content.data(), content.size());
        if (written <= 0)
            return base::systemError(errno, "write a file in memory");
        content = content.subspan(static_cast<std::size_t>(written));
    }
    ::lseek(file.get(), 0, SEEK_SET);
    return file;
}

} // namespace podglass::agent::guard
