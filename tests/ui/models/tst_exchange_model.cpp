// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> of GCC 12
#include "tests/support/traffic.h"
#include "ui/models/connection_detail.h"
#include "ui/models/connection_model.h"
#include "ui/models/describe.h"
#include "ui/models/exchange_detail.h"
#include "ui/models/exchange_model.h"
#include "ui/models/row_marks.h"

#include <random>
#endif

#include <QAbstractItemModelTester>
#include <QItemSelectionModel>
#include <QTest>

using namespace podglass;

class TestExchangeModel : public QObject
{
    Q_OBJECT

private slots:

    // Random traffic, evictions, filters and orders; the tester checks every signal.
    void keepsTheRulesOfModels()
    {
        store::Store kept({.rows = 300, .connections = 20});
        store::View view(kept);
        models::ExchangeModel model(kept, view);
        models::ConnectionModel connections(kept);
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        QAbstractItemModelTester second(&connections,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        auto traffic = tests::Traffic([&](const flow::Event& event) { kept.apply(event); });
        std::mt19937 random(2);
        std::uint64_t next = 1;
        for (int round = 0; round < 600; ++round) {
            const std::uint64_t connection = random() % 40 + 1;
            if (random() % 2 == 0)
                traffic.request({.exchange = next++, .connection = connection});
            else
                traffic.response({.exchange = random() % next + 1,
                                  .connection = connection,
                                  .status = static_cast<std::uint16_t>(200 + random() % 300)});
            if (round == 200)
                model.sort(static_cast<int>(store::Column::Status), Qt::DescendingOrder);
            if (round == 400)
                view.setFilter([](const filter::Subject& subject) { return subject.status > 300; });
            view.work(20);
            if (random() % 4 == 0) {
                view.apply(kept.takeRowDelta());
                connections.apply(kept.takeConnectionDelta());
            }
        }
        QVERIFY(model.rowCount() > 0);
        QVERIFY(connections.rowCount() > 0);
    }

    void selectionSurvivesUpdatesAndOrders()
    {
        store::Store kept({.rows = 100});
        store::View view(kept);
        models::ExchangeModel model(kept, view);
        QItemSelectionModel selection(&model);
        auto traffic = tests::Traffic([&](const flow::Event& event) { kept.apply(event); });
        for (std::uint64_t i = 1; i <= 100; ++i)
            traffic.request({.exchange = i, .path = "/" + std::to_string(i % 7)});
        view.apply(kept.takeRowDelta());
        selection.select(model.index(60, 0),
                         QItemSelectionModel::Select | QItemSelectionModel::Rows);
        for (std::uint64_t i = 101; i <= 140; ++i)
            traffic.request({.exchange = i}); // 40 rows leave at the front
        traffic.response({.exchange = 61, .status = 500});
        view.apply(kept.takeRowDelta());
        QCOMPARE(selection.selectedRows().size(), 1);
        QCOMPARE(model.numberAt(selection.selectedRows().first().row()), 61U);
    }

    void lossRowsSpeak()
    {
        store::Store kept;
        auto traffic = tests::Traffic([&](const flow::Event& event) { kept.apply(event); });
        traffic.tell(0, 1, flow::Lost{flow::LossPlace::Agent, {}, 300, 200, 1});
        traffic.tell(0, 1, flow::Lost{flow::LossPlace::Kernel, {}, 14, 0, 0});
        QCOMPARE(models::lossText(kept, *kept.rows().at(2)),
                 QStringLiteral("14 packets lost: the kernel's capture ring was full"));
        QCOMPARE(models::lossSummary(kept.losses()),
                 QStringLiteral("Lost 214 (kernel 14, agent 200)"));
        // What the user left out is said, and is no loss.
        traffic.tell(0, 1, flow::Lost{flow::LossPlace::Budget, {}, 30, 7, 900});
        QCOMPARE(models::lossText(kept, *kept.rows().at(3)),
                 QStringLiteral("7 messages left out: sampling or rate cap that you set"));
        QCOMPARE(kept.losses().shown(), std::uint64_t{214});
        QCOMPARE(models::lossSummary(kept.losses()),
                 QStringLiteral("Lost 214 (kernel 14, agent 200)"));
    }

    void gapsAndConflictsSpeak()
    {
        store::Store kept;
        auto traffic = tests::Traffic([&](const flow::Event& event) { kept.apply(event); });
        QCOMPARE(models::missingSummary(kept.losses()), QString());
        traffic.open(1, 0);
        traffic.request({.exchange = 1});
        traffic.tell(
            1, 1, flow::Gap{flow::Direction::ServerToClient, 1024, 2600, flow::GapKind::Capture});
        flow::Anomaly conflict;
        conflict.kind = flow::AnomalyKind::OverlapConflict;
        conflict.length = 3;
        traffic.tell(1, 2, conflict);
        const QString who = QStringLiteral(": 10.2.1.8:40001 \u2192 10.2.9.9:8080");
        QCOMPARE(models::lossText(kept, *kept.rows().at(2)),
                 QStringLiteral("2.6 kB missing, missed by capture") + who);
        QCOMPARE(models::lossText(kept, *kept.rows().at(3)),
                 QStringLiteral("Conflict: 3 B to the server came twice with different content")
                     + who);
        QCOMPARE(models::missingSummary(kept.losses()),
                 QStringLiteral("Missing 2.6 kB in 1 place   \u00b7   1 conflict"));
        // The places show their connection, with the place in it.
        QVERIFY(models::detailOf(kept, 2).connectionOnly);
        const models::ConnectionDetail connection = models::connectionDetailOf(kept, 1);
        QCOMPARE(connection.notes.size(), 2);
        QVERIFY(connection.notes[0].gap);
        QCOMPARE(connection.notes[0].offset, quint64{1024});
        QVERIFY(connection.notes[1].conflict);
        QCOMPARE(models::detailOf(kept, 1).oddities.size(), 2);
    }

    void tagsSayWhatIsWrong()
    {
        store::Store kept;
        auto traffic = tests::Traffic([&](const flow::Event& event) { kept.apply(event); });
        const auto tags = [&kept](store::Number row) {
            return models::tagsOf(kept, *kept.rows().at(row)).join(QLatin1Char(','));
        };
        const auto end = [&](std::uint64_t exchange, flow::MessageFate fate) {
            flow::MessageEnd ended;
            ended.exchange = {exchange};
            ended.direction = flow::Direction::ServerToClient;
            ended.fate = fate;
            traffic.tell(1, 9, ended);
        };
        traffic.open(1, 0);
        for (std::uint64_t i = 1; i <= 5; ++i)
            traffic.request({.exchange = i});
        traffic.response({.exchange = 1});
        end(2, flow::MessageFate::CutByGap);
        end(3, flow::MessageFate::Unanswered);
        flow::MessageFrame reset;
        reset.exchange = {4};
        reset.kind = flow::FrameKind::StreamReset;
        traffic.tell(1, 8, reset);
        end(4, flow::MessageFate::CutByClose);
        QCOMPARE(tags(1), QString());
        QCOMPARE(tags(2), QStringLiteral("part missing"));
        QCOMPARE(tags(3), QStringLiteral("no answer"));
        QCOMPARE(tags(4), QStringLiteral("reset"));
        QCOMPARE(tags(5), QString());
        QCOMPARE(models::detailOf(kept, 5).noResponse, QStringLiteral("No response yet."));
        // What is still open when a capture ends was not cut.
        flow::ConnectionOpened raw;
        traffic.tell(2, 10, raw);
        traffic.tell(2, 10, flow::ProtocolDetected{flow::Protocol::Raw, {}});
        traffic.tell(2, 11, flow::ConnectionClosed{flow::CloseReason::CaptureStopped, {}, {}});
        QCOMPARE(tags(6), QStringLiteral("open at the end"));
        QCOMPARE(kept.rows().at(6)->state, store::RowState::Done);
    }
};

QTEST_MAIN(TestExchangeModel)
#include "tst_exchange_model.moc"
