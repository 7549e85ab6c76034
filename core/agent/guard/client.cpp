// SPDX-License-Identifier: Apache-2.0
#include "core/agent/guard/client.h"

#include "core/base/limits.h"
#include "core/capture/packet_sockets.h"
#include "core/io/read_all.h"
#include "core/wire/codec.h"

#include <cerrno>
#include <cstring>
#include <sstream>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace podglass::agent::guard {

namespace {

// Beyond these the order of closing is left to chance. A redirect has two listeners, a lifeline, a
// translation and a line.
constexpr std::size_t redirectSlots = 5 * 64;
constexpr std::size_t captureSlots = 64;
constexpr timeval patience{10, 0}; // of the worker for its guard

void limitWaiting(const Line& line)
{
    ::setsockopt(line.descriptor(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(line.descriptor(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

base::Error guardGone()
{
    return {.what = "the agent's guard process does not answer",
            .where = "agent",
            .advice = "start the agent again",
            .lasting = base::Lasting::Transient};
}

base::Result<Answer> withDescriptors(base::Result<Answer> answer, std::size_t wanted)
{
    if (answer && answer->descriptors.size() < wanted)
        return guardGone();
    return answer;
}

std::vector<std::uint8_t> contentOf(const io::Fd& file)
{
    std::vector<std::uint8_t> content;
    std::array<std::uint8_t, 16384> part{};
    for (ssize_t got = 1; got > 0 && content.size() <= limits::frameBytes * 2;) {
        got = io::readAll(file.get(), part);
        if (got > 0)
            content.insert(content.end(), part.begin(), part.begin() + got);
    }
    return content;
}

std::vector<std::string> linesOf(const std::vector<std::uint8_t>& content)
{
    std::vector<std::string> lines;
    for (std::string_view rest = bytes::asText(content); !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        lines.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return lines;
}

// The message in the file of the answer, if it is of that kind.
template <typename T>
T messageOf(const base::Result<Answer>& answer)
{
    if (!answer)
        return {};
    const std::vector<std::uint8_t> content = contentOf(answer->descriptors.front());
    T found;
    const auto frame = wire::FrameWalk(content).next();
    if (!frame || wire::kindOf(*frame) != wire::FrameKind::Control)
        return found;
    auto message = wire::decodeMessage(*frame);
    if (message && std::holds_alternative<T>(*message))
        found = std::get<T>(std::move(*message));
    return found;
}

class GuardedRedirect : public steal::Redirect
{
public:
    GuardedRedirect(std::shared_ptr<LowSlots> low,
                    io::Fd lifeline,
                    io::Fd translation,
                    Line line,
                    steal::Listener listener,
                    std::string text)
        : m_low(std::move(low))
        , m_line(std::move(line))
        , m_listener(std::move(listener))
        , m_text(std::move(text))
    {
        for (std::size_t each = 0; each < m_lastEnds.size(); ++each)
            m_lastEnds[each] = m_low->lowered(
                io::Fd(::fcntl(m_listener.sockets()[each].get(), F_DUPFD_CLOEXEC, 0)));
        m_lifeline = m_low->lowered(std::move(lifeline));
        m_translation = m_low->lowered(std::move(translation));
        m_lastWord = m_low->lowered(io::Fd(::fcntl(m_line.descriptor(), F_DUPFD_CLOEXEC, 0)));
    }

    ~GuardedRedirect() override
    {
        endListening();
        m_low->giveBack(std::move(m_lifeline));
        m_low->giveBack(std::move(m_translation));
        m_low->giveBack(std::move(m_lastWord));
    }

    steal::Listener takeListener() override { return std::move(m_listener); }

    base::Status release() override
    {
        endListening();
        const auto answer = ask(m_line, {.ask = Ask::Release});
        if (!answer)
            return answer.error();
        if (!answer->descriptors.empty()) {
            const std::vector<std::uint8_t> text = contentOf(answer->descriptors.front());
            m_text.assign(text.begin(), text.end());
        }
        return base::Done{};
    }

    base::Status check() override
    {
        const auto answer = ask(m_line, {.ask = Ask::Check});
        if (!answer)
            return answer.error();
        return base::Done{};
    }

    [[nodiscard]] std::string text() const override { return m_text; }

private:
    // From here on the listener ends when its owner lets go of it.
    void endListening()
    {
        for (io::Fd& end : m_lastEnds)
            m_low->giveBack(std::move(end));
    }

    // These keep the tables while this process lives: when the guard is killed, our callers are
    // still told that their connections end (translation_table.h). Nothing can be said through
    // them: the kernel wants the right of the speaker too.
    std::shared_ptr<LowSlots> m_low;
    // The listener, so that it ends just before the lifeline when this process is killed: before
    // that, callers wait in its queue; between the two, they are refused.
    std::array<io::Fd, 2> m_lastEnds;
    io::Fd m_lifeline;
    io::Fd m_translation;
    // The line, so that the guard hears of this process's end, and removes the table, after them.
    io::Fd m_lastWord;
    Line m_line;
    steal::Listener m_listener;
    std::string m_text;
};

class GuardedCaptureDoor : public CaptureDoor
{
public:
    GuardedCaptureDoor(Line line, std::shared_ptr<LowSlots> low)
        : m_line(std::move(line))
        , m_low(std::move(low))
    {}

    base::Status enter() override
    {
        capture::offerPacketSockets([this](int type) {
            Request request{.ask = Ask::PacketSocket};
            request.number = static_cast<std::uint32_t>(type);
            // Below the redirects, since ending a packet socket takes the kernel some 20 ms, in
            // which callers would wait. libpcap closes it, so a number serves once; what is closed
            // at once must leave no low number to a caller's connection.
            auto socket = one(request);
            if (socket && type != 0)
                *socket = m_low->lowered(std::move(*socket));
            return socket;
        });
        return base::Done{};
    }

    base::Result<io::Fd> linkSocket() override { return one({.ask = Ask::LinkSocket}); }

private:
    base::Result<io::Fd> one(const Request& request) const
    {
        auto answer = withDescriptors(ask(m_line, request), 1);
        if (!answer)
            return answer.error();
        return std::move(answer->descriptors.front());
    }

    Line m_line;
    std::shared_ptr<LowSlots> m_low;
};

} // namespace

base::Result<Answer> ask(const Line& line, const Request& request, int networkNamespace)
{
    const std::span<const int> beside(&networkNamespace, networkNamespace >= 0 ? 1U : 0U);
    Answer answer;
    if (!line.send(asMessage(request), beside)
        || !line.receive(asMessage(answer.reply), answer.descriptors))
        return guardGone();
    if (answer.reply.failed)
        return errorOf(answer.reply);
    return answer;
}

Client::Client(Line line)
    : m_line(std::move(line))
    , m_captures(std::make_shared<LowSlots>(captureSlots))
    , m_low(std::make_shared<LowSlots>(redirectSlots))
{
    limitWaiting(m_line);
}

base::Result<std::unique_ptr<steal::Redirect>> Client::redirect(int networkNamespace,
                                                                const steal::RedirectWish& wish)
{
    Request request{.ask = Ask::Redirect};
    request.port = wish.port;
    request.timed = wish.timed;
    request.unmarked = !wish.passMarked;
    // The lifeline, the translation, the line, the rules' text, one listener or two.
    auto answer = withDescriptors(ask(m_line, request, networkNamespace), 5);
    if (!answer)
        return answer.error();
    std::vector<io::Fd>& given = answer->descriptors;
    const std::vector<std::uint8_t> text = contentOf(given[3]);
    std::array<io::Fd, 2> sockets{std::move(given[4])};
    if (given.size() > 5)
        sockets[1] = std::move(given[5]);
    Line line(std::move(given[2]));
    limitWaiting(line);
    return std::unique_ptr<steal::Redirect>(std::make_unique<GuardedRedirect>(
        m_low,
        std::move(given[0]),
        std::move(given[1]),
        std::move(line),
        steal::Listener::adopt(std::move(sockets), answer->reply.port, wish.port),
        std::string(text.begin(), text.end())));
}

base::Result<std::vector<io::Fd>>
Client::markedSockets(int networkNamespace, int family, std::size_t count)
{
    Request request{.ask = Ask::MarkedSockets};
    request.number = static_cast<std::uint32_t>(family);
    request.count = static_cast<std::uint32_t>(count);
    auto answer = withDescriptors(ask(m_line, request, networkNamespace), 1);
    if (!answer)
        return answer.error();
    return std::move(answer->descriptors);
}

base::Result<std::vector<io::SocketAddress>> Client::addresses(int networkNamespace)
{
    const auto answer = withDescriptors(ask(m_line, {.ask = Ask::Addresses}, networkNamespace), 1);
    if (!answer)
        return answer.error();
    const std::vector<std::uint8_t> content = contentOf(answer->descriptors.front());
    std::vector<io::SocketAddress> found;
    constexpr std::size_t each = sizeof(sockaddr_storage);
    for (std::size_t at = 0; at + each <= content.size(); at += each) {
        io::SocketAddress address;
        std::memcpy(&address.storage, content.data() + at, each);
        address.length = address.family() == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
        found.push_back(address);
    }
    return found;
}

base::Result<steal::ForeignRules> Client::foreignRules(int networkNamespace)
{
    const auto answer =
        withDescriptors(ask(m_line, {.ask = Ask::ForeignRules}, networkNamespace), 1);
    if (!answer)
        return answer.error();
    steal::ForeignRules rules;
    std::vector<std::string>* into = &rules.chains;
    for (std::string& line : linesOf(contentOf(answer->descriptors.front()))) {
        if (line.empty())
            into = &rules.notes;
        else
            into->push_back(std::move(line));
    }
    return rules;
}

base::Result<steal::OldConnections> Client::endOld(int networkNamespace, std::uint16_t port)
{
    Request request{.ask = Ask::EndOld};
    request.port = port;
    const auto answer = ask(m_line, request, networkNamespace);
    if (!answer)
        return answer.error();
    return steal::OldConnections{answer.value().reply.number, answer.value().reply.count};
}

base::Result<std::vector<std::string>> Client::clearDead(int networkNamespace)
{
    const auto answer = withDescriptors(ask(m_line, {.ask = Ask::ClearDead}, networkNamespace), 1);
    if (!answer)
        return answer.error();
    return linesOf(contentOf(answer->descriptors.front()));
}

base::Result<ResolvedTarget> Client::resolve(const std::string& spec)
{
    if (spec.size() >= mostText)
        return base::Error{.what = "that is too long for the name of a target",
                           .where = "attach",
                           .advice = "podglass-agent --list-targets shows what is here"};
    Request request{.ask = Ask::Resolve};
    put(request.text, spec);
    auto answer = withDescriptors(ask(m_line, request), 1);
    if (!answer)
        return answer.error();
    ResolvedTarget resolved;
    resolved.networkNamespace = std::move(answer->descriptors.front());
    // "self" is this process, whose memory is wanted, not the one that looked.
    resolved.pid = spec == "self" ? static_cast<std::uint32_t>(::getpid()) : answer->reply.number;
    resolved.name = textOf(answer->reply.text);
    return resolved;
}

wire::TargetList Client::listTargets()
{
    const auto answer = withDescriptors(ask(m_line, {.ask = Ask::ListTargets}), 1);
    if (!answer)
        return {0, {}, answer.error().text()};
    return messageOf<wire::TargetList>(answer);
}

std::vector<wire::ListeningPort> Client::listeningPorts(int networkNamespace,
                                                        const std::string& spec)
{
    Request request{.ask = Ask::ListeningPorts};
    put(request.text, spec);
    return messageOf<wire::Attached>(withDescriptors(ask(m_line, request, networkNamespace), 1))
        .ports;
}

void Client::letGoOfErrors()
{
    static_cast<void>(ask(m_line, {.ask = Ask::LetGoOfErrors})); // a guard that is gone has none
}

base::Result<std::vector<std::uint16_t>> Client::peerPorts(int networkNamespace, std::uint16_t port)
{
    Request request{.ask = Ask::PeerPorts};
    request.port = port;
    const auto answer = ask(m_line, request, networkNamespace);
    if (!answer)
        return answer.error();
    std::istringstream numbers(textOf(answer->reply.text));
    std::vector<std::uint16_t> peers;
    for (std::uint16_t peer = 0; numbers >> peer;)
        peers.push_back(peer);
    return peers;
}

base::Result<std::uint32_t> Client::processIn(int networkNamespace, std::uint32_t except)
{
    Request request{.ask = Ask::ProcessIn};
    request.number = except;
    const auto answer = ask(m_line, request, networkNamespace);
    if (!answer)
        return answer.error();
    return answer->reply.number;
}

base::Result<std::unique_ptr<CaptureDoor>> Client::captureDoor(int networkNamespace)
{
    auto answer = withDescriptors(ask(m_line, {.ask = Ask::CaptureLine}, networkNamespace), 1);
    if (!answer)
        return answer.error();
    Line line(std::move(answer->descriptors.front()));
    limitWaiting(line);
    return std::unique_ptr<CaptureDoor>(
        std::make_unique<GuardedCaptureDoor>(std::move(line), m_captures));
}

} // namespace podglass::agent::guard
