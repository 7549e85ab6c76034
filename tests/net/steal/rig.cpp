// SPDX-License-Identifier: Apache-2.0
#include "rig.h"

#include "core/filter/text.h"
#include "core/io/socket.h"

#include <array>

#include <QtGlobal>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace podglass::test {

namespace {

io::SocketAddress addressOf(const std::string& host, std::uint16_t port)
{
    return io::resolve(host, port, io::Lookup::NumericOnly).value().front();
}

const sockaddr* generic(const io::SocketAddress& address)
{
    return reinterpret_cast<const sockaddr*>(&address.storage);
}

void setPatience(int fd)
{
    const timeval limit = {Stream::patience.count(), 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    const int yes = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

// Tries in short steps until the other end answers; connect(2) honours SO_SNDTIMEO.
bool awaitRefusal(const std::string& host)
{
    const io::SocketAddress where = addressOf(host, Rig::port);
    for (int attempt = 0; attempt < 200; ++attempt) {
        const io::Fd fd(::socket(where.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
        const timeval limit = {0, 20'000};
        ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        if (::connect(fd.get(), generic(where), where.length) != 0 && errno == ECONNREFUSED)
            return true;
    }
    return false;
}

class GateStream : public steal::TakerStream
{
public:
    GateStream(FakeGate& gate, std::shared_ptr<FakeTaker> taker)
        : m_gate(gate)
        , m_taker(std::move(taker))
    {
        m_taker->stream = this;
    }

    ~GateStream() override { m_taker->stream = nullptr; }

    std::size_t write(bytes::ByteView data) override
    {
        const std::size_t takes = std::min(data.size(), m_taker->takesAtMost);
        m_taker->received += bytes::asText(data.first(takes));
        m_gate.onProgress(*m_taker);
        return takes;
    }

    void end() override
    {
        m_taker->ended = true;
        m_gate.onProgress(*m_taker);
    }

    void reset(wire::StealFailure failure, std::string_view message) override
    {
        m_taker->resetBy = failure;
        m_taker->resetMessage = message;
    }

    void resume() override { m_taker->deliver(); }

private:
    FakeGate& m_gate;
    std::shared_ptr<FakeTaker> m_taker;
};

class RecordingSink : public reassembly::StreamSink
{
public:
    explicit RecordingSink(Recorder::Connection& into)
        : m_into(into)
    {}

    void data(flow::Direction direction,
              std::uint64_t offset,
              bytes::ByteView data,
              base::Timestamp) override
    {
        std::string& bytes = m_into.bytes[static_cast<std::size_t>(direction)];
        if (offset != bytes.size())
            qFatal("the observer was shown a stream with holes");
        bytes += bytes::asText(data);
    }

    void gap(const flow::Gap&, base::Timestamp) override { qFatal("a proxy has no gaps"); }

    void anomaly(const flow::Anomaly&, base::Timestamp) override {}

    void finished(flow::Direction, base::Timestamp) override {}

    void closed(const flow::ConnectionClosed& closed, base::Timestamp) override
    {
        m_into.closed = closed;
    }

    [[nodiscard]] flow::ExchangeId lastExchange() const override { return {1}; }

private:
    Recorder::Connection& m_into;
};

} // namespace

Stream Stream::to(const std::string& address, std::uint16_t port)
{
    const io::SocketAddress where = addressOf(address, port);
    io::Fd fd(::socket(where.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    setPatience(fd.get());
    if (::connect(fd.get(), generic(where), where.length) != 0)
        return Stream(io::Fd());
    return Stream(std::move(fd));
}

bool Stream::write(std::string_view text)
{
    while (!text.empty()) {
        const ssize_t sent = ::send(m_fd.get(), text.data(), text.size(), MSG_NOSIGNAL);
        m_reset = m_reset || (sent < 0 && (errno == ECONNRESET || errno == EPIPE));
        if (sent <= 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

std::string Stream::readSome()
{
    if (!m_ahead.empty())
        return std::exchange(m_ahead, {});
    std::string piece(65'536, '\0');
    const ssize_t got = ::recv(m_fd.get(), piece.data(), piece.size(), 0);
    m_reset = m_reset || (got < 0 && errno == ECONNRESET);
    m_timedOut = m_timedOut || (got < 0 && errno == EAGAIN);
    piece.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return piece;
}

std::string Stream::readExactly(std::size_t count)
{
    std::string all;
    while (all.size() < count) {
        const std::string piece = readSome();
        if (piece.empty())
            return all;
        all += piece;
    }
    m_ahead = all.substr(count) + m_ahead;
    all.resize(count);
    return all;
}

std::string Stream::readUntil(std::string_view mark)
{
    std::string all;
    while (all.find(mark) == std::string::npos) {
        const std::string piece = readSome();
        if (piece.empty())
            return all;
        all += piece;
    }
    const std::size_t end = all.find(mark) + mark.size();
    m_ahead = all.substr(end) + m_ahead;
    all.resize(end);
    return all;
}

std::string Stream::readAll()
{
    std::string all;
    for (std::string piece = readSome(); !piece.empty(); piece = readSome())
        all += piece;
    return all;
}

void Stream::finishWriting() const
{
    ::shutdown(m_fd.get(), SHUT_WR);
}

void Stream::resetNow()
{
    const linger now = {1, 0};
    ::setsockopt(m_fd.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    m_fd.reset();
}

Service::Service(const NetworkNamespace& where,
                 const std::string& address,
                 std::uint16_t port,
                 Handler handler)
    : m_handler(std::move(handler))
    , m_bell(io::makeEventFd())
{
    where.inside([&] {
        const io::SocketAddress here = addressOf(address, port);
        io::Fd fd(::socket(here.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
        const int yes = 1;
        ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        if (here.family() == AF_INET6)
            ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
        if (::bind(fd.get(), generic(here), here.length) == 0 && ::listen(fd.get(), 512) == 0)
            m_listener = std::move(fd);
    });
    if (m_listener)
        m_thread = std::thread([this] { run(); });
}

Service::~Service()
{
    io::ring(m_bell);
    if (m_thread.joinable())
        m_thread.join();
    for (std::thread& connection : m_connections)
        connection.join();
}

void Service::run()
{
    for (;;) {
        std::array<pollfd, 2> waiting = {
            {{m_listener.get(), POLLIN, 0}, {m_bell.get(), POLLIN, 0}}};
        ::poll(waiting.data(), waiting.size(), -1);
        if (waiting[1].revents != 0)
            return;
        io::Fd fd(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!fd)
            continue;
        setPatience(fd.get());
        m_connections.emplace_back([this, raw = fd.release()] {
            Stream stream{io::Fd(raw)};
            m_handler(stream);
        });
    }
}

void FakeTaker::answer(std::string_view bytes)
{
    toDeliver += bytes;
    deliver();
}

void FakeTaker::deliver()
{
    while (!toDeliver.empty()) {
        const std::string piece = toDeliver;
        const std::size_t taken = events.onData(bytes::asBytes(piece));
        toDeliver.erase(0, taken);
        if (taken < piece.size())
            return;
    }
}

std::unique_ptr<steal::TakerStream>
FakeGate::open(base::ClientId client, wire::StealOpen request, steal::TakerStream::Events events)
{
    if (refuses)
        return nullptr;
    auto taker = std::make_shared<FakeTaker>();
    taker->client = client;
    taker->request = request;
    taker->events = std::move(events);
    takers.push_back(taker);
    return std::make_unique<GateStream>(*this, taker);
}

std::unique_ptr<reassembly::StreamSink>
Recorder::open(flow::ConnectionId connection, const flow::ConnectionOpened& opened, base::Timestamp)
{
    Connection& made = connections[connection.value];
    made.opened = opened;
    return std::make_unique<RecordingSink>(made);
}

std::unique_ptr<Rig> Rig::make()
{
    auto rig = std::make_unique<Rig>();
    rig->callers = NetworkNamespace::make();
    rig->target = NetworkNamespace::make();
    if (!rig->callers || !rig->target || !connectNamespaces(*rig->callers, *rig->target))
        return nullptr;
    // A new link drops packets until the kernel has noticed that it is up, and a lost SYN costs a
    // second; a refused connection shows that it carries both ways.
    bool carries = true;
    rig->callers->inside([&] { carries = awaitRefusal("10.77.0.2") && awaitRefusal("fd77::2"); });
    if (!carries)
        return nullptr;
    return rig;
}

steal::StealSetup Rig::setup() const
{
    steal::StealSetup setup;
    setup.networkNamespace = target->fd();
    setup.port = port;
    setup.target = {1};
    return setup;
}

std::unique_ptr<steal::StealPort> Rig::portWith(steal::StealSetup setup)
{
    return std::make_unique<steal::StealPort>(loop, std::move(setup), recorder, gate, recorder);
}

std::unique_ptr<steal::StealPort> Rig::started()
{
    auto made = portWith(setup());
    if (const base::Status started = made->start(); !started)
        qFatal("%s", started.error().text().c_str());
    return made;
}

bool Rig::during(const NetworkNamespace& where, const std::function<void()>& work)
{
    std::atomic<bool> done = false;
    std::thread thread([&] {
        where.enterForGood();
        work();
        done = true;
        loop.post([] {});
    });
    const bool ended = until([&] { return done.load(); }, 60s);
    thread.join();
    return ended;
}

bool Rig::until(const std::function<bool()>& done, std::chrono::milliseconds most)
{
    const base::Instant end = io::Loop::now() + most;
    while (!done()) {
        if (io::Loop::now() >= end)
            return false;
        loop.runOnce(20ms);
    }
    return true;
}

std::vector<steal::Taking> takeWhat(const std::string& filterText, wire::OnTakerFailure onFailure)
{
    steal::Taking taking;
    taking.client = {7};
    taking.revision = 3;
    taking.onFailure = onFailure;
    const auto parsed = filter::parse(filterText);
    if (!std::holds_alternative<filter::Filter>(parsed))
        qFatal("%s", std::get<filter::TextError>(parsed).message.c_str());
    auto compiled =
        filter::CompiledFilter::compile(std::get<filter::Filter>(parsed), filter::Use::Steal);
    if (!compiled)
        qFatal("%s", compiled.error().text().c_str());
    taking.filter = *compiled;
    return {taking};
}

void echoRequests(Stream& stream)
{
    for (;;) {
        const std::string head = stream.readUntil("\r\n\r\n");
        if (!head.ends_with("\r\n\r\n"))
            return;
        const std::size_t at = head.find("Content-Length: ");
        const std::size_t length = at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
        const std::string body = stream.readExactly(length);
        const std::string echoed = head + body;
        stream.write("HTTP/1.1 200 OK\r\nServer: original\r\nContent-Length: "
                     + std::to_string(echoed.size()) + "\r\n\r\n" + echoed);
    }
}

} // namespace podglass::test
