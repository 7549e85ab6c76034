// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> of GCC 12
#include "tests/support/traffic.h"
#include "ui/models/connection_model.h"
#include "ui/models/describe.h"
#include "ui/models/exchange_model.h"

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
        QCOMPARE(models::lossText(*kept.rows().at(2)),
                 QStringLiteral("14 packets lost: the kernel's capture ring was full"));
        QCOMPARE(models::lossSummary(kept.losses()),
                 QStringLiteral("Lost 214 (kernel 14, agent 200)"));
    }
};

QTEST_MAIN(TestExchangeModel)
#include "tst_exchange_model.moc"
