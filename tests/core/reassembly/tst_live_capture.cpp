// SPDX-License-Identifier: Apache-2.0
// A real kernel: two network namespaces with a veth pair between, real TCP connections, LiveSource
// and Tracker must see exactly the bytes that were sent; on the veth and on the loopback interface.
#include "core/capture/live_source.h"
#include "core/capture/network_namespace.h"
#include "core/reassembly/tracker.h"

#include "tests/support/stream_recorder.h"

#include <atomic>
#include <random>
#include <thread>

#include <QProcess>
#include <QTest>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace podglass;

namespace {

constexpr std::uint16_t port = 8'080;

bool run(const QStringList& arguments)
{
    QProcess process;
    process.start(QStringLiteral("ip"), arguments);
    return process.waitForFinished(10'000) && process.exitCode() == 0;
}

// Two namespaces, torn down at the end whatever happens.
class Wire
{
public:
    Wire()
    {
        good = run({"netns", "add", a}) && run({"netns", "add", b})
               && run({"-n",
                       a,
                       "link",
                       "add",
                       "eth0",
                       "type",
                       "veth",
                       "peer",
                       "name",
                       "eth0",
                       "netns",
                       b})
               && run({"-n", a, "addr", "add", "10.9.0.1/24", "dev", "eth0"})
               && run({"-n", b, "addr", "add", "10.9.0.2/24", "dev", "eth0"})
               && run({"-n", a, "link", "set", "eth0", "up"})
               && run({"-n", b, "link", "set", "eth0", "up"})
               && run({"-n", b, "link", "set", "lo", "up"});
    }

    ~Wire()
    {
        run({"netns", "del", a});
        run({"netns", "del", b});
    }

    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    static std::string path(const QString& name) { return "/run/netns/" + name.toStdString(); }

    const QString a = QStringLiteral("pg-packets-a%1").arg(getpid());
    const QString b = QStringLiteral("pg-packets-b%1").arg(getpid());
    bool good = false;
};

// A socket made inside a namespace stays there.
int socketIn(const std::string& space)
{
    const auto opened = capture::openNetworkNamespace(space);
    if (!opened)
        return -1;
    const auto guard = capture::NamespaceGuard::enter(opened->get());
    return guard ? socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
}

sockaddr_in addressOf(const char* text)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    inet_pton(AF_INET, text, &address.sin_addr);
    return address;
}

bool writeAll(int fd, const std::string& text)
{
    for (std::size_t at = 0; at < text.size();) {
        const ssize_t count = write(fd, text.data() + at, text.size() - at);
        if (count <= 0)
            return false;
        at += static_cast<std::size_t>(count);
    }
    return true;
}

std::string readAll(int fd)
{
    std::string all;
    char block[65'536];
    for (ssize_t count = 0; (count = read(fd, block, sizeof(block))) > 0;)
        all.append(block, static_cast<std::size_t>(count));
    return all;
}

std::string randomText(std::size_t length, unsigned seed)
{
    std::mt19937 random(seed);
    std::string text(length, ' ');
    for (char& letter : text)
        letter = static_cast<char>(random());
    return text;
}

} // namespace

class TestLiveCapture : public QObject
{
    Q_OBJECT

    // Sends `request` and answers with `response`; true when both arrived.
    static bool converse(const std::string& clientSpace,
                         const std::string& serverSpace,
                         const char* address,
                         const std::string& request,
                         const std::string& response)
    {
        const io::Fd listener(socketIn(serverSpace));
        const int on = 1;
        setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        auto to = addressOf(address);
        if (bind(listener.get(), reinterpret_cast<sockaddr*>(&to), sizeof(to)) != 0
            || listen(listener.get(), 8) != 0)
            return false;
        std::string heard;
        std::thread service([&] {
            const io::Fd peer(accept(listener.get(), nullptr, nullptr));
            heard = readAll(peer.get());
            writeAll(peer.get(), response);
        });
        const io::Fd client(socketIn(clientSpace));
        bool sent = ::connect(client.get(), reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0
                    && writeAll(client.get(), request);
        shutdown(client.get(), SHUT_WR);
        const std::string answer = readAll(client.get());
        service.join();
        return sent && heard == request && answer == response;
    }

    // Everything the interface shows until `done` connections are closed.
    static void watch(capture::LiveSource& source, reassembly::Tracker& tracker, std::size_t closed)
    {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (tracker.counters().closed < closed && std::chrono::steady_clock::now() < end) {
            pollfd ready{source.descriptor(), POLLIN, 0};
            poll(&ready, 1, 100);
            tracker.tick(std::chrono::steady_clock::now());
            const auto count = source.dispatch(
                1'000, [&](const capture::Packet& packet) { tracker.onPacket(packet); });
            QVERIFY(count);
        }
    }

    static void conversation(const Wire& wire,
                             const char* interface,
                             const QString& clientSpace,
                             const char* address)
    {
        const auto space = capture::openNetworkNamespace(Wire::path(wire.b));
        QVERIFY(space);
        base::Result<capture::LiveSource> source = base::Error{};
        {
            const auto guard = capture::NamespaceGuard::enter(space->get());
            QVERIFY(guard);
            source = capture::LiveSource::open({interface, 1});
        }
        QVERIFY2(source, source ? "" : source.error().text().c_str());
        QVERIFY(source->setFilter({{port}, {}}));

        support::StreamRecorder recorder;
        base::Ids ids;
        reassembly::Tracker tracker(recorder, ids, reassembly::TrackerOptions::live(42));
        tracker.setPorts({port});

        // Together twice less than loopback's ring: whoever reads it late on a busy machine still
        // finds all of it, both times that loopback shows a packet.
        const std::string request = randomText(1'000'000, 1);
        const std::string response = randomText(700'000, 2);
        std::atomic<bool> arrived = false;
        std::thread traffic([&] {
            arrived =
                converse(Wire::path(clientSpace), Wire::path(wire.b), address, request, response);
        });
        watch(*source, tracker, 1);
        traffic.join();
        QVERIFY(arrived);
        QCOMPARE(source->takeDrops(), std::uint64_t{0});
        QCOMPARE(recorder.connections.size(), std::size_t{1});
        const auto& seen = *recorder.connections.front();
        QCOMPARE(seen.violation, std::string());
        QVERIFY(!seen.opened.joinedLate);
        QCOMPARE(seen.opened.server.port, port);
        QVERIFY(seen.client().bytes == request);
        QVERIFY(seen.server().bytes == response);
        QVERIFY(seen.client().gaps.empty() && seen.server().gaps.empty());
        QVERIFY(seen.closed);
        QCOMPARE(seen.end.reason, flow::CloseReason::Finished);
        // Each packet came once.
        QCOMPARE(tracker.counters().duplicates, std::uint64_t{0});
    }

private slots:

    void initTestCase()
    {
        if (geteuid() != 0)
            QSKIP("SKIP-ALL: network namespaces need root");
    }

    void vethShowsEveryByte()
    {
        const Wire wire;
        if (!wire.good)
            QSKIP("network namespaces cannot be made here");
        conversation(wire, "eth0", wire.a, "10.9.0.2");
    }

    void loopbackShowsEveryByteOnce()
    {
        const Wire wire;
        if (!wire.good)
            QSKIP("network namespaces cannot be made here");
        conversation(wire, "lo", wire.b, "127.0.0.1");
    }

    void withoutPortsNothingIsCaptured()
    {
        const Wire wire;
        if (!wire.good)
            QSKIP("network namespaces cannot be made here");
        const auto space = capture::openNetworkNamespace(Wire::path(wire.b));
        base::Result<capture::LiveSource> source = base::Error{};
        {
            const auto guard = capture::NamespaceGuard::enter(space->get());
            source = capture::LiveSource::open({"lo", 1});
        }
        QVERIFY(source);
        QVERIFY(converse(Wire::path(wire.b), Wire::path(wire.b), "127.0.0.1", "q", "a"));
        std::size_t packets = 0;
        const auto count = [&](const capture::Packet&) { ++packets; };
        pollfd ready{source->descriptor(), POLLIN, 0};
        poll(&ready, 1, 100);
        QVERIFY(source->dispatch(1'000, count));
        QCOMPARE(packets, std::size_t{0});
        // The filter is replaced while it runs.
        QVERIFY(source->setFilter({{port}, {}}));
        QVERIFY(converse(Wire::path(wire.b), Wire::path(wire.b), "127.0.0.1", "q", "a"));
        poll(&ready, 1, 1'000);
        QVERIFY(source->dispatch(1'000, count));
        QVERIFY(packets > 0);
    }

    void interfacesOfANamespace()
    {
        const Wire wire;
        if (!wire.good)
            QSKIP("network namespaces cannot be made here");
        const auto before = capture::listInterfaces();
        QVERIFY(before);
        {
            const auto space = capture::openNetworkNamespace(Wire::path(wire.b));
            const auto guard = capture::NamespaceGuard::enter(space->get());
            QVERIFY(guard);
            const auto inside = capture::listInterfaces();
            QVERIFY(inside);
            QCOMPARE(inside->size(), std::size_t{2});
            QVERIFY(inside->front().loopback && inside->front().up);
            QCOMPARE(inside->back().name, std::string("eth0"));
        }
        const auto after = capture::listInterfaces();
        QVERIFY(after);
        QCOMPARE(after->size(), before->size());
    }

    // F24
    void interfaceThatGoesAwayIsAnError()
    {
        const Wire wire;
        if (!wire.good)
            QSKIP("network namespaces cannot be made here");
        const auto space = capture::openNetworkNamespace(Wire::path(wire.b));
        base::Result<capture::LiveSource> source = base::Error{};
        {
            const auto guard = capture::NamespaceGuard::enter(space->get());
            source = capture::LiveSource::open({"eth0", 1});
        }
        QVERIFY(source);
        QVERIFY(run({"-n", wire.b, "link", "del", "eth0"}));
        bool failed = false;
        for (int i = 0; i < 50 && !failed; ++i) {
            pollfd ready{source->descriptor(), POLLIN, 0};
            poll(&ready, 1, 100);
            failed = !source->dispatch(1'000, [](const capture::Packet&) {});
        }
        QVERIFY(failed);
    }

    void missingInterfaceIsNamed()
    {
        const auto source = capture::LiveSource::open({"nowhere7", 1});
        QVERIFY(!source);
        QVERIFY(source.error().text().find("nowhere7") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestLiveCapture)
#include "tst_live_capture.moc"
