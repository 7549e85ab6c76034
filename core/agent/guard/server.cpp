// SPDX-License-Identifier: Apache-2.0
#include "core/agent/guard/server.h"

#include "core/agent/guard/scout.h"
#include "core/base/limits.h"
#include "core/steal/namespace_door.h"

#include <cerrno>
#include <csignal>
#include <sched.h>

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace podglass::agent::guard {

namespace {

constexpr std::chrono::seconds second{1};
constexpr int aboveOthers = 512;

// How long the table of a dead worker outlives its rules: a caller in the middle of connecting is
// told by the kernel that nobody listens, and only translated does that reach it.
constexpr std::chrono::milliseconds translating{200};

void fail(const Line& line, const base::Error& error)
{
    // A worker that is gone needs no answer.
    static_cast<void>(line.send(asMessage(replyOf(error)), {}));
}

void give(const Line& line, const Reply& reply, std::span<const int> descriptors = {})
{
    static_cast<void>(line.send(asMessage(reply), descriptors));
}

void give(const Line& line, const base::Result<io::Fd>& descriptor)
{
    if (!descriptor)
        return fail(line, descriptor.error());
    const int number = descriptor->get();
    give(line, Reply{}, std::span(&number, 1));
}

void give(const Line& line, const base::Status& status)
{
    if (!status)
        return fail(line, status.error());
    give(line, Reply{});
}

bool isNetworkNamespace(const io::Fd& descriptor)
{
    return ::ioctl(descriptor.get(), NS_GET_NSTYPE) == CLONE_NEWNET;
}

template <typename Make>
base::Result<io::Fd> madeInside(int networkNamespace, Make make)
{
    const auto door = steal::NamespaceDoor::open(networkNamespace);
    if (!door)
        return door.error();
    base::Result<io::Fd> made = base::Error{};
    const base::Status entered = door->inNamespace([&] { made = make(); });
    if (!entered)
        return entered.error();
    return made;
}

// Receives nothing before the worker binds it.
base::Result<io::Fd> packetSocket(int type)
{
    // One of AF_UNIX belongs to the namespace too and reaches nobody.
    io::Fd socket(
        type == 0
            ? ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)
            : ::socket(AF_PACKET, (type == SOCK_DGRAM ? SOCK_DGRAM : SOCK_RAW) | SOCK_CLOEXEC, 0));
    if (!socket)
        return base::systemError(errno, "open a capture socket", "the agent needs CAP_NET_RAW");
    return socket;
}

base::Result<io::Fd> addressFile(base::Result<std::vector<io::SocketAddress>> addresses)
{
    if (!addresses)
        return addresses.error();
    std::vector<std::uint8_t> content;
    for (const io::SocketAddress& address : *addresses) {
        const auto* raw = reinterpret_cast<const std::uint8_t*>(&address.storage);
        content.insert(content.end(), raw, raw + sizeof address.storage);
    }
    return fileWith(content);
}

// Lines: chains, an empty one, notes.
base::Result<io::Fd> foreignFile(base::Result<steal::ForeignRules> rules)
{
    if (!rules)
        return rules.error();
    std::string text;
    for (const std::string& chain : rules->chains)
        text += chain + "\n";
    text += "\n";
    for (const std::string& note : rules->notes)
        text += note + "\n";
    return fileWith(bytes::asBytes(text));
}

base::Result<io::Fd> lineFile(const base::Result<std::vector<std::string>>& lines)
{
    if (!lines)
        return lines.error();
    std::string text;
    for (const std::string& line : *lines)
        text += line + "\n";
    return fileWith(bytes::asBytes(text));
}

void letGoOfErrors()
{
    const io::Fd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    ::dup2(nothing.get(), STDERR_FILENO);
}

base::Error notUnderstood()
{
    return {"the worker asked for nothing that there is", "guard", ""};
}

} // namespace

Server::Server(io::Loop& loop, Line worker, pid_t workerProcess)
    : m_loop(loop)
    , m_worker(workerProcess)
{
    sigset_t signals;
    sigemptyset(&signals);
    for (const int each : {SIGTERM, SIGINT, SIGCHLD})
        sigaddset(&signals, each);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    m_signals.reset(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    m_loop.watch(m_signals.get(), EPOLLIN, [this](auto) { onSignals(); });
    add({.line = std::move(worker)});
    m_loop.after(second, [this] { onSecond(); });
}

Server::~Server()
{
    while (!m_conversations.empty())
        close(m_conversations.begin()->first);
}

int Server::run()
{
    onSignals(); // it may have ended before SIGCHLD was watched
    m_loop.run();
    bool redirected = false;
    for (auto& [number, conversation] : m_conversations) {
        redirected = redirected || conversation.redirect;
        static_cast<void>(release(conversation)); // what fails goes with the table
    }
    if (redirected) {
        m_loop.after(translating, [this] { m_loop.stop(); });
        m_loop.run();
    }
    while (!m_conversations.empty())
        close(m_conversations.begin()->first);
    return m_status;
}

void Server::add(Conversation conversation)
{
    const int line = conversation.line.descriptor();
    conversation.heard = io::Loop::now();
    m_conversations.insert_or_assign(line, std::move(conversation));
    m_loop.watch(line, EPOLLIN, [this, line](auto) { onReadable(line); });
}

// A redirect is removed, not only let go: a worker that hangs may hold its lifeline.
void Server::close(int line)
{
    m_loop.unwatch(line);
    const auto found = m_conversations.find(line);
    if (found->second.redirect)
        found->second.redirect->remove();
    std::erase_if(m_scouts, [line](const auto& scout) { return scout.second == line; });
    m_conversations.erase(found);
}

// A worker that ends a redirect releases it first and sees its connections out.
void Server::end(int line)
{
    Conversation& ended = m_conversations.at(line);
    if (!ended.redirect || ended.released)
        return close(line);
    m_loop.unwatch(line);
    static_cast<void>(release(ended)); // as above
    m_loop.after(translating, [this, line] { close(line); });
}

// The rules, then the listener: who still waits in its queue is told so through the table.
base::Status Server::release(Conversation& from)
{
    if (!from.redirect)
        return base::Done{};
    const base::Status done = from.redirect->release();
    from.listening = {};
    from.released = true;
    return done;
}

void Server::onReadable(int line)
{
    Conversation& from = m_conversations.at(line);
    Request request;
    std::vector<io::Fd> descriptors;
    if (!from.line.receive(asMessage(request), descriptors)) {
        end(line);
        return;
    }
    from.heard = io::Loop::now();
    if (from.redirect || from.networkNamespace)
        answerOnLine(from, request);
    else
        answer(from, request, std::move(descriptors));
}

void Server::answer(Conversation& to, const Request& request, std::vector<io::Fd> descriptors)
{
    const int networkNamespace = descriptors.empty() ? -1 : descriptors.front().get();
    if (!descriptors.empty() && !isNetworkNamespace(descriptors.front()))
        return fail(to.line, notUnderstood());
    if (needsScout(request.ask)) {
        const auto scout = sendScout(to.line, request, networkNamespace);
        if (!scout)
            return fail(to.line, scout.error());
        m_scouts.emplace(*scout, to.line.descriptor());
        return;
    }
    switch (request.ask) {
    case Ask::CaptureLine:
        return descriptors.empty() ? fail(to.line, notUnderstood())
                                   : openCapture(to, std::move(descriptors.front()));
    case Ask::Redirect:
        return openRedirect(to, request, networkNamespace);
    case Ask::MarkedSockets: {
        const auto made =
            m_privileges.markedSockets(networkNamespace,
                                       static_cast<int>(request.number),
                                       std::min<std::size_t>(request.count, mostDescriptors));
        if (!made)
            return fail(to.line, made.error());
        std::vector<int> numbers;
        for (const io::Fd& socket : *made)
            numbers.push_back(socket.get());
        return give(to.line, Reply{}, numbers);
    }
    case Ask::Addresses:
        return give(to.line, addressFile(m_privileges.addresses(networkNamespace)));
    case Ask::ForeignRules:
        return give(to.line, foreignFile(m_privileges.foreignRules(networkNamespace)));
    case Ask::ClearDead:
        return give(to.line, lineFile(m_privileges.clearDead(networkNamespace)));
    case Ask::EndOld: {
        const auto ended = m_privileges.endOld(networkNamespace, request.port);
        if (!ended)
            return fail(to.line, ended.error());
        Reply reply;
        reply.number = ended.value().ended;
        reply.count = ended.value().left;
        return give(to.line, reply);
    }
    case Ask::LetGoOfErrors:
        letGoOfErrors();
        return give(to.line, Reply{});
    default:
        return fail(to.line, notUnderstood());
    }
}

void Server::answerOnLine(Conversation& to, const Request& request)
{
    if (request.ask == Ask::PacketSocket && to.networkNamespace)
        return give(to.line, madeInside(to.networkNamespace.get(), [&] {
                        return packetSocket(static_cast<int>(request.number));
                    }));
    if (request.ask == Ask::LinkSocket && to.networkNamespace)
        return give(to.line, madeInside(to.networkNamespace.get(), &openLinkSocket));
    if (request.ask == Ask::Release && to.redirect) {
        const base::Status released = release(to);
        if (!released)
            return fail(to.line, released.error());
        return give(to.line, fileWith(bytes::asBytes(to.redirect->text())));
    }
    if (request.ask == Ask::Check && to.redirect && to.abandoned)
        return fail(to.line,
                    {"the agent's worker was silent for too long, so its guard gave the port back",
                     "steal",
                     "is the host overloaded?",
                     base::Lasting::Transient});
    if (request.ask == Ask::Check && to.redirect)
        return give(to.line, to.redirect->check());
    fail(to.line, notUnderstood());
}

void Server::openCapture(Conversation& to, io::Fd networkNamespace)
{
    auto ends = Line::makePair();
    if (!ends || m_conversations.size() >= limits::guardLines)
        return fail(to.line, ends ? notUnderstood() : ends.error());
    const int number = ends->second.descriptor();
    give(to.line, Reply{}, std::span(&number, 1));
    add({.line = std::move(ends->first), .networkNamespace = std::move(networkNamespace)});
}

void Server::openRedirect(Conversation& to, const Request& request, int networkNamespace)
{
    auto ends = Line::makePair();
    if (!ends || m_conversations.size() >= limits::guardLines)
        return fail(to.line, ends ? notUnderstood() : ends.error());
    const auto door = steal::NamespaceDoor::open(networkNamespace);
    if (!door)
        return fail(to.line, door.error());
    base::Result<std::unique_ptr<steal::OwnRedirect>> made = base::Error{};
    const base::Status entered = door->inNamespace([&] {
        made = steal::OwnRedirect::make({request.port, !request.unmarked, request.timed});
    });
    if (!entered || !made)
        return fail(to.line, entered ? made.error() : entered.error());
    const io::Fd lifeline = (*made)->lifeline();
    const auto text = fileWith(bytes::asBytes((*made)->text()));
    const steal::Listener listener = (*made)->takeListener();
    const io::Fd translation = (*made)->translation();
    std::vector<int> numbers{
        lifeline.get(), translation.get(), ends->second.descriptor(), text ? text->get() : -1};
    for (const io::Fd& socket : listener.sockets()) {
        if (socket)
            numbers.push_back(socket.get());
    }
    if (!lifeline || !translation || !text)
        return fail(to.line, base::systemError(errno, "hand over a redirect"));
    Reply reply;
    reply.port = listener.port();
    give(to.line, reply, numbers);
    Conversation redirect{.line = std::move(ends->first), .redirect = std::move(*made)};
    // Above every other descriptor: when the guard is killed, its share of the listener ends before
    // its share of the tables (translation_table.h has why).
    for (std::size_t each = 0; each < redirect.listening.size(); ++each)
        redirect.listening[each].reset(
            ::fcntl(listener.sockets()[each].get(), F_DUPFD_CLOEXEC, aboveOthers));
    add(std::move(redirect));
}

void Server::onSignals()
{
    signalfd_siginfo info{};
    while (::read(m_signals.get(), &info, sizeof info) == sizeof info) {
        if (info.ssi_signo != SIGCHLD)
            ::kill(m_worker, SIGTERM);
    }
    int status = 0;
    for (pid_t ended = ::waitpid(-1, &status, WNOHANG); ended > 0;
         ended = ::waitpid(-1, &status, WNOHANG)) {
        if (ended != m_worker) {
            onScoutEnd(ended, WIFEXITED(status) && WEXITSTATUS(status) == 0);
            continue;
        }
        m_status = status;
        m_loop.stop();
    }
}

void Server::onScoutEnd(pid_t scout, bool well)
{
    const auto found = m_scouts.find(scout);
    if (found == m_scouts.end())
        return;
    if (!well)
        fail(m_conversations.at(found->second).line,
             {"reading about this host's processes failed", "guard", "try again"});
    m_scouts.erase(found);
}

void Server::onSecond()
{
    m_loop.after(second, [this] { onSecond(); });
    for (auto& [number, conversation] : m_conversations) {
        const bool silent = io::Loop::now() - conversation.heard > limits::silentWorker;
        if (conversation.redirect && silent && !std::exchange(conversation.abandoned, true))
            static_cast<void>(release(conversation)); // tried again when the line ends
    }
}

} // namespace podglass::agent::guard
