// SPDX-License-Identifier: Apache-2.0
#include "core/agent/listener.h"

#include "core/io/socket.h"
#include "core/telemetry/text_file.h"

#include <cerrno>
#include <filesystem>

#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace podglass::agent {

namespace {

constexpr int waitingClients = 16;
constexpr const char* forms = "write unix:PATH, 127.0.0.1:PORT or [::1]:PORT";

base::Error failure(const std::string& address, std::string what, std::string advice)
{
    return {std::move(what), "listen on " + address, std::move(advice)};
}

base::Status privateDirectory(const std::string& path)
{
    const std::filesystem::path parent = std::filesystem::path(path).parent_path();
    const std::string directory = parent.empty() ? std::string(".") : parent.string();
    ::mkdir(directory.c_str(), 0700); // there already: checked below like any other

    struct stat facts
    {};

    if (::lstat(directory.c_str(), &facts) != 0)
        return base::systemError(errno, "use the directory " + directory);
    if (!S_ISDIR(facts.st_mode) || facts.st_uid != ::geteuid() || (facts.st_mode & 077) != 0)
        return failure("unix:" + path,
                       "others can enter the directory " + directory,
                       "give a path in a directory of yours with mode 0700");
    return base::Done{};
}

// A socket that an agent left when it was killed would make bind() fail.
void removeStale(const std::string& path, const io::SocketAddress& address)
{
    struct stat facts
    {};

    if (::lstat(path.c_str(), &facts) != 0 || !S_ISSOCK(facts.st_mode))
        return;
    const io::Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.length)
            != 0
        && errno == ECONNREFUSED)
        ::unlink(path.c_str());
}

base::Status bindAndListen(const io::Fd& socket, const io::SocketAddress& address)
{
    const auto* raw = reinterpret_cast<const sockaddr*>(&address.storage);
    if (!socket || ::bind(socket.get(), raw, address.length) != 0
        || ::listen(socket.get(), waitingClients) != 0)
        return base::systemError(errno, "listen on " + address.text());
    return base::Done{};
}

bool isPeer(int socket, uid_t owner)
{
    ucred peer{};
    socklen_t length = sizeof peer;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0)
        return false;
    return peer.uid == owner || peer.uid == 0;
}

} // namespace

base::Result<Listener::Bound> Listener::bind(const std::string& address)
{
    const bool local = address.starts_with("unix:");
    const std::string path = local ? address.substr(5) : std::string();
    auto socket = local ? openUnix(path) : openTcp(address);
    if (!socket)
        return socket.error();
    io::setNonBlocking(socket->get(), true);
    return Bound{std::move(socket).value(), path, ::geteuid()};
}

Listener::Listener(io::Loop& loop, Bound bound, Accepted accepted)
    : m_loop(loop)
    , m_bound(std::move(bound))
    , m_accepted(std::move(accepted))
{
    watch();
}

Listener::~Listener()
{
    m_loop.unwatch(m_bound.socket.get());
}

base::Result<io::Fd> Listener::openUnix(const std::string& path)
{
    const auto address = io::unixAddress(path);
    if (!address)
        return address.error();
    if (auto safe = privateDirectory(path); !safe)
        return safe.error();
    removeStale(path, *address);
    io::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const mode_t before = ::umask(0177);
    const base::Status bound = bindAndListen(socket, *address);
    ::umask(before);
    if (!bound)
        return bound.error();
    return socket;
}

base::Result<io::Fd> Listener::openTcp(const std::string& address)
{
    const std::size_t colon = address.rfind(':');
    const std::string host = address.substr(0, colon);
    const auto port =
        colon == std::string::npos ? std::nullopt : telemetry::asNumber(address.substr(colon + 1));
    if (!port || *port > UINT16_MAX)
        return failure(address, "this is no address to listen on", forms);
    if (host != "127.0.0.1" && host != "[::1]")
        return failure(address,
                       "only this host may reach an agent directly",
                       "listen on 127.0.0.1 and connect through SSH or a port-forward");
    const auto found = io::resolve(
        host == "[::1]" ? "::1" : host, static_cast<std::uint16_t>(*port), io::Lookup::NumericOnly);
    if (!found)
        return found.error();
    const io::SocketAddress& resolved = found->front();
    io::Fd socket(::socket(resolved.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (const base::Status bound = bindAndListen(socket, resolved); !bound)
        return bound.error();
    return socket;
}

std::string Listener::Bound::address() const
{
    if (!path.empty())
        return "unix:" + path;
    io::SocketAddress own;
    own.length = sizeof own.storage;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&own.storage), &own.length);
    return own.text();
}

void Listener::watch()
{
    m_loop.watch(m_bound.socket.get(), EPOLLIN, [this](auto) { onReadable(); });
}

void Listener::onReadable()
{
    io::Fd client(::accept4(m_bound.socket.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (client) {
        if (m_bound.path.empty() || isPeer(client.get(), m_bound.owner))
            m_accepted(std::move(client));
        return;
    }
    // Out of descriptors: the one who waits stays in the queue, and the loop must not spin on it.
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
        m_loop.change(m_bound.socket.get(), 0);
        m_loop.after(std::chrono::seconds(1),
                     [this] { m_loop.change(m_bound.socket.get(), EPOLLIN); });
    }
}

} // namespace podglass::agent
