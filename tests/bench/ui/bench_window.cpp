// SPDX-License-Identifier: GPL-3.0-or-later
// How long the window needs: to append to a long list, and while much arrives. Nothing gates on
// time; what must hold is that nothing is missing.
#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> of GCC 12
#include "tests/ui/shell/fake_agent.h"
#include "ui/shell/main_window.h"
#include "ui/theme/theme.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#endif

#include <QApplication>
#include <QSettings>
#include <QStandardPaths>
#include <QTableView>
#include <QTest>
#include <QTimer>

using namespace podglass;

class BenchWindow : public QObject
{
    Q_OBJECT

private:
    using Clock = std::chrono::steady_clock;

    struct Rig
    {
        Rig()
            : agent(updates)
            , work(updates, agent)
            , window(work, theme)
        {
            window.resize(1600, 1000);
            window.show();
            window.openAddress(QStringLiteral("ssh://build-3/container/3f21"));
        }

        bool attached()
        {
            return QTest::qWaitForWindowExposed(&window) && QTest::qWaitFor([this] {
                       return work.attachment.mode() == wire::Mode::Mirror;
                   });
        }

        theme::Theme theme{*qobject_cast<QApplication*>(QCoreApplication::instance())};
        session::Updates updates{limits::sessionChannelBytes};
        tests::FakeAgent agent;
        shell::Workspace work;
        shell::MainWindow window;
    };

    static double milliseconds(Clock::duration time)
    {
        return std::chrono::duration<double, std::milli>(time).count();
    }

    static void print(const char* what, std::vector<double> all)
    {
        std::ranges::sort(all);
        qInfo("%s: median %.2f ms, 99th of 100 %.2f ms, max %.2f ms (%zu times)",
              what,
              all.at(all.size() / 2),
              all.at(all.size() * 99 / 100),
              all.back(),
              all.size());
    }

private slots:

    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("podglass"));
        QCoreApplication::setApplicationName(QStringLiteral("bench_window"));
        QSettings().clear();
    }

    // 100 rows with their responses, from the store to the painted window.
    void appendAndPaintAfterAMillionRows()
    {
        constexpr std::uint64_t many = 1'000'000;
        constexpr std::uint64_t batch = 100;
        constexpr int rounds = 300;
        Rig rig;
        QVERIFY(rig.attached());
        tests::Traffic traffic([&](const flow::Event& event) { rig.work.store.apply(event); });
        std::uint64_t next = 1;
        const auto exchange = [&] {
            const auto at = 1'700'000'000'000 + static_cast<std::int64_t>(next);
            traffic.request({.exchange = next,
                             .connection = next % 50 + 1,
                             .at = at,
                             .method = next % 3 == 0 ? "POST" : "GET",
                             .path = "/cart/items?page=" + std::to_string(next % 1000)});
            traffic.response({.exchange = next, .connection = next % 50 + 1, .at = at + 3});
            ++next;
        };
        while (next <= many) {
            exchange();
            if (next % 10'000 == 0)
                rig.work.feed.publish();
        }
        rig.work.feed.publish();
        auto* table = rig.window.findChild<QTableView*>(QStringLiteral("exchangeTable"));
        QTRY_COMPARE(table->model()->rowCount(), int{many});
        QTest::qWait(200);
        std::vector<double> times;
        for (int round = 0; round < rounds; ++round) {
            const auto begun = Clock::now();
            for (std::uint64_t i = 0; i < batch; ++i)
                exchange();
            rig.work.feed.publish();
            QCoreApplication::sendPostedEvents();
            rig.window.repaint();
            times.push_back(milliseconds(Clock::now() - begun));
            QCoreApplication::processEvents();
        }
        print("append 100 rows to 1,000,000 and repaint the whole window", times);
        QCOMPARE(table->model()->rowCount(), int{many + batch * rounds});
    }

    // 5,000 exchanges a second for 10 s by way of the session's queue, from another thread.
    void theLoopWhileMuchArrives()
    {
        constexpr int perBatch = 100;
        constexpr int batches = 500;
        Rig rig;
        QVERIFY(rig.attached());
        std::atomic<bool> sent = false;
        std::thread source([&] {
            auto due = Clock::now();
            for (int i = 0; i < batches; ++i) {
                rig.agent.play(perBatch, 1'700'000'000'000 + i * 20);
                due += std::chrono::milliseconds(20);
                std::this_thread::sleep_until(due);
            }
            sent = true;
        });
        std::vector<double> gaps;
        QTimer tick;
        tick.setTimerType(Qt::PreciseTimer);
        tick.setInterval(1);
        auto last = Clock::now();
        const auto begun = last;
        connect(&tick, &QTimer::timeout, this, [&] {
            const auto now = Clock::now();
            gaps.push_back(milliseconds(now - last));
            last = now;
        });
        tick.start();
        const auto all = static_cast<std::uint64_t>(perBatch) * batches;
        const bool complete =
            QTest::qWaitFor([&] { return sent && rig.work.store.requests() == all; }, 60'000);
        const double took = milliseconds(Clock::now() - begun);
        source.join();
        print("between two turns of the event loop at 5,000 exchanges/s", gaps);
        qInfo("all %llu were in the list after %.1f s; refused by the queue: %d",
              static_cast<unsigned long long>(rig.work.store.requests()),
              took / 1000,
              rig.agent.refused);
        QVERIFY(complete);
        QCOMPARE(rig.agent.refused, 0);
    }
};

QTEST_MAIN(BenchWindow)
#include "bench_window.moc"
