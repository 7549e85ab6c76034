// SPDX-License-Identifier: Apache-2.0
// Events that are kept to be saved: they come back as they were; within the limit; and of what is
// forgotten, a connection that goes on is still known.
#include "core/store/event_history.h"
#include "core/wire/codec.h"

#include "tests/support/traffic.h"

#include <functional>

#include <QTest>

using namespace podglass;

namespace {

void play(const store::EventHistory& history, const std::function<void(const flow::Event&)>& act)
{
    for (const bytes::Slice& part : history.snapshot()) {
        wire::FrameWalk walk(part.view());
        while (const auto frame = walk.next()) {
            flow::EventBatch batch;
            QVERIFY(wire::decodeEvent(*frame, batch));
            for (const flow::Event& event : batch.events)
                act(event);
        }
    }
}

QStringList paths(const store::EventHistory& history)
{
    QStringList all;
    play(history, [&](const flow::Event& event) {
        if (const auto* head = std::get_if<flow::RequestHead>(&event.body))
            all << QString::fromUtf8(head->target.data(), static_cast<int>(head->target.size()));
    });
    return all;
}

template <typename Act>
void feed(store::EventHistory& history, Act act)
{
    tests::Traffic traffic([&](const flow::Event& event) { history.keep(event); });
    act(traffic);
}

} // namespace

class TestEventHistory : public QObject
{
    Q_OBJECT

private slots:

    void comesBackInOrder()
    {
        store::EventHistory history(std::size_t{1} << 20);
        feed(history, [](auto& traffic) {
            traffic.open(1, 0);
            traffic.request({.exchange = 1, .path = "/a"});
            traffic.response({.exchange = 1});
            traffic.request({.exchange = 2, .path = "/b"});
        });
        QCOMPARE(paths(history), QStringList({QStringLiteral("/a"), QStringLiteral("/b")}));
        QCOMPARE(history.forgotten(), std::uint64_t{0});
    }

    void oldestGoesAndConnectionsStayKnown()
    {
        constexpr std::size_t limit = std::size_t{1} << 20;
        store::EventHistory history(limit);
        const std::string body(30'000, 'x');
        feed(history, [&](auto& traffic) {
            traffic.open(1, 0);
            traffic.open(2, 0);
            traffic.tell(2, 1, flow::ConnectionClosed{});
            for (std::uint64_t i = 1; i <= 200; ++i)
                traffic.request({.exchange = i, .path = "/" + std::to_string(i), .body = body});
        });
        QVERIFY(history.bytes() <= limit + (std::size_t{300} << 10));
        QVERIFY(history.forgotten() > 4 * limit);
        const QStringList left = paths(history);
        QVERIFY(left.size() > 20 && left.size() < 50);
        QCOMPARE(left.back(), QStringLiteral("/200"));
        std::vector<std::uint64_t> opened;
        std::size_t protocols = 0;
        play(history, [&](const flow::Event& event) {
            protocols += std::holds_alternative<flow::ProtocolDetected>(event.body) ? 1U : 0U;
            if (const auto* known = std::get_if<flow::ConnectionOpened>(&event.body)) {
                QVERIFY(known->joinedLate);
                QCOMPARE(known->server.port, std::uint16_t{8080});
                opened.push_back(event.connection.value);
            }
        });
        QVERIFY(opened == std::vector<std::uint64_t>{1}); // the second one is over
        QCOMPARE(protocols, std::size_t{1});
    }

    void aSnapshotOutlivesWhatItWasTakenOf()
    {
        std::vector<bytes::Slice> kept;
        {
            store::EventHistory history(std::size_t{1} << 20);
            feed(history, [](auto& traffic) { traffic.open(1, 0); });
            kept = history.snapshot();
            history.begin(0);
            feed(history, [](auto& traffic) { traffic.open(2, 0); });
            QCOMPARE(history.bytes(), std::size_t{0});
        }
        std::size_t frames = 0;
        for (const bytes::Slice& part : kept) {
            wire::FrameWalk walk(part.view());
            while (walk.next())
                ++frames;
        }
        QCOMPARE(frames, std::size_t{2});
    }

    void whatIsClearedGoes()
    {
        store::EventHistory history(std::size_t{1} << 20);
        feed(history, [](auto& traffic) {
            traffic.open(1, 0);
            traffic.request({.exchange = 1, .path = "/secret"});
        });
        history.mark();
        feed(history, [](auto& traffic) { traffic.request({.exchange = 2, .path = "/after"}); });
        QCOMPARE(paths(history).size(), 2);
        history.forgetMarked();
        QCOMPARE(paths(history), QStringList(QStringLiteral("/after")));
        QCOMPARE(history.forgotten(), std::uint64_t{0}); // not for want of room
    }
};

QTEST_GUILESS_MAIN(TestEventHistory)
#include "tst_event_history.moc"
