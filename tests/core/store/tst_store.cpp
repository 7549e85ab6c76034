// SPDX-License-Identifier: Apache-2.0
#include "core/store/compare.h"
#include "core/store/store.h"

#include "tests/support/traffic.h"

#include <deque>
#include <random>

#include <QTest>

using namespace podglass;
using store::Row;
using store::Store;

namespace {

auto feed(Store& into)
{
    return tests::Traffic([&into](const flow::Event& event) { into.apply(event); });
}

} // namespace

class TestStore : public QObject
{
    Q_OBJECT

private:
    // What a model does with a Delta.
    struct Shadow
    {
        std::deque<Row> rows;
        store::Number first = 1;

        void replay(const store::Delta& delta, const Store& from)
        {
            while (first < delta.first && !rows.empty()) {
                rows.pop_front();
                ++first;
            }
            first = delta.first;
            for (const auto number : delta.changed)
                rows.at(number - first) = *from.rows().at(number);
            for (auto number = delta.appendedFrom; number < delta.end; ++number)
                rows.push_back(*from.rows().at(number));
        }
    };

    static void equal(const Shadow& shadow, const Store& kept)
    {
        QCOMPARE(shadow.rows.size(), std::size_t{kept.rows().end() - kept.rows().first()});
        for (std::size_t i = 0; i < shadow.rows.size(); ++i)
            QVERIFY(shadow.rows[i]
                    == *kept.rows().at(kept.rows().first() + static_cast<store::Number>(i)));
    }

private slots:

    void anExchangeBecomesARow()
    {
        Store kept;
        auto traffic = feed(kept);
        traffic.open(7, 0);
        traffic.request(
            {.exchange = 3, .connection = 7, .at = 10, .method = "POST", .path = "/cart"});
        traffic.response(
            {.exchange = 3, .connection = 7, .at = 22, .status = 201, .body = "hello"});
        const Row& row = *kept.rows().at(1);
        QCOMPARE(kept.rows().texts().text(row.method), std::string_view("POST"));
        QCOMPARE(kept.rows().texts().text(row.path), std::string_view("/cart"));
        QCOMPARE(kept.rows().texts().text(row.host), std::string_view("shop.example"));
        QCOMPARE(row.status, 201);
        QCOMPARE(row.microseconds, 12000U);
        QCOMPARE(row.responseBytes, 5U);
        QCOMPARE(row.state, store::RowState::Done);
        const auto* content = kept.rows().contentOf(1);
        QVERIFY(content != nullptr);
        QCOMPARE(content->request.fields.all().front().value, std::string_view("shop.example"));
        QCOMPARE(bytes::asText(content->response.body), std::string_view("hello"));
        QCOMPARE(kept.connections().at(row.connection)->exchanges, 1U);
    }

    void lossesAreRowsAtTheirPlaceAndTotals()
    {
        Store kept;
        auto traffic = feed(kept);
        traffic.request({.exchange = 1});
        traffic.tell(0, 1, flow::Lost{flow::LossPlace::Agent, {}, 50, 20, 1000});
        traffic.tell(0, 2, flow::Lost{flow::LossPlace::Agent, {}, 5, 2, 100});
        traffic.tell(0, 3, flow::Lost{flow::LossPlace::Kernel, {}, 14, 0, 0});
        traffic.request({.exchange = 2});
        QCOMPARE(kept.rows().end(), 5U); // the two of the agent are one row
        QCOMPARE(kept.rows().at(2)->kind, store::RowKind::Lost);
        QCOMPARE(kept.rows().at(2)->requestBytes, 22U);
        QCOMPARE(kept.rows().at(2)->responseBytes, 1100U);
        QCOMPARE(kept.losses().shown(), 36U); // 22 messages and 14 packets
    }

    void oldestUnmarkedRowsLoseTheirBytesFirst()
    {
        Store kept({.bytes = 20'000});
        auto traffic = feed(kept);
        traffic.request({.exchange = 1});
        kept.mark(1, true);
        for (std::uint64_t i = 2; i < 100; ++i) {
            traffic.request({.exchange = i});
            traffic.response({.exchange = i, .body = std::string(500, 'x')});
        }
        QVERIFY(kept.rows().bytes() <= 20'000);
        QVERIFY(kept.rows().contentOf(1) != nullptr);
        QVERIFY(kept.rows().contentOf(2) == nullptr);
        QVERIFY((kept.rows().at(2)->flags & store::RowBytesDropped) != 0);
        QVERIFY(kept.rows().contentOf(99) != nullptr);
        QVERIFY(kept.rows().strippedRows() > 50);
    }

    // Marked rows do not break the budget.
    void markedRowsLoseBytesWhenNothingElseIsLeft()
    {
        Store kept({.bytes = 5'000});
        auto traffic = feed(kept);
        for (std::uint64_t i = 1; i < 50; ++i) {
            traffic.request({.exchange = i, .body = std::string(400, 'x')});
            kept.mark(static_cast<store::Number>(i), true);
            QVERIFY(kept.rows().bytes() <= 5'000);
        }
    }

    void replayedDeltasEqualTheStore()
    {
        Store kept({.bytes = 30'000, .rows = 300, .connections = 20});
        auto traffic = feed(kept);
        Shadow shadow;
        std::mt19937 random(11);
        std::uint64_t next = 1;
        for (int round = 0; round < 3000; ++round) {
            const std::uint64_t connection = random() % 40 + 1;
            switch (random() % 8) {
            case 0:
            case 1:
            case 2:
                traffic.request({.exchange = next++,
                                 .connection = connection,
                                 .path = "/p" + std::to_string(random() % 9)});
                break;
            case 3:
            case 4:
                traffic.response({.exchange = random() % next + 1,
                                  .connection = connection,
                                  .body = std::string(random() % 300, 'b')});
                break;
            case 5:
                traffic.tell(connection, round, flow::Gap{{}, 0, random() % 99 + 1, {}});
                break;
            case 6:
                traffic.tell(0, round, flow::Lost{flow::LossPlace::Agent, {}, 1, 1, 1});
                break;
            default:
                kept.mark(kept.rows().first() + static_cast<store::Number>(random() % 10),
                          random() % 2 == 0);
                if (random() % 200 == 0)
                    kept.clear();
            }
            if (random() % 5 == 0) {
                shadow.replay(kept.takeRowDelta(), kept);
                equal(shadow, kept);
            }
        }
        QVERIFY(kept.rows().droppedRows() > 0);
    }

    void connectionsAreBounded()
    {
        Store kept({.connections = 10});
        auto traffic = feed(kept);
        for (std::uint64_t i = 1; i <= 25; ++i)
            traffic.open(i, 0);
        QCOMPARE(kept.connections().end() - kept.connections().first(), 10U);
        QCOMPARE(kept.connections().forgotten(), std::uint64_t{15});
    }

    void historyKeepsTheWorstOfTenSeconds()
    {
        store::History history;
        for (std::int64_t second = 0; second < 1000; ++second) {
            store::Sample sample;
            sample.at = {second * 1'000'000'000};
            sample.agent.lag.microseconds = second == 33 ? 900 : 1;
            sample.requests = static_cast<std::uint64_t>(second);
            history.add(sample);
        }
        QCOMPARE(history.fine().size(), store::History::fineSamples);
        QCOMPARE(history.coarse().size(), std::size_t{10});
        QCOMPARE(history.coarse()[3].agent.lag.microseconds, std::uint64_t{900});
        QCOMPARE(history.coarse()[3].requests, std::uint64_t{39});
    }

    void textsOfDroppedRowsAreFreed()
    {
        Store kept({.rows = 50});
        auto traffic = feed(kept);
        for (std::uint64_t i = 1; i < 5000; ++i)
            traffic.request({.exchange = i, .path = "/" + std::to_string(i)});
        QVERIFY(kept.rows().texts().size() <= 52);
    }

    void rowsKeepTheNameOfTheirTarget()
    {
        Store kept;
        auto traffic = feed(kept);
        const auto attach = [&](std::uint64_t target, const char* name) {
            wire::Attached attached;
            attached.target = {target};
            attached.name = name;
            kept.apply(attached);
        };
        const auto nameOf = [&](store::Number number) {
            const auto* connection = kept.connections().at(kept.rows().at(number)->connection);
            return kept.connections().targetName(*connection);
        };
        attach(1, "checkout");
        attach(2, "basket");
        traffic.request({.exchange = 1, .connection = 1});
        traffic.target = 2;
        traffic.request({.exchange = 2, .connection = 2});
        QCOMPARE(nameOf(1), std::string("checkout"));
        QCOMPARE(nameOf(2), std::string("basket"));
        const store::Before before(kept, {store::Column::Target, false});
        QVERIFY(before(2, 1));
        QVERIFY(!before(1, 2));
        // The next session numbers its targets anew.
        kept.newAgent();
        attach(2, "search");
        traffic.request({.exchange = 1, .connection = 1});
        QCOMPARE(nameOf(2), std::string("basket"));
        QCOMPARE(nameOf(3), std::string("search"));
    }

    void anotherAgentsIdsAreNotMixedUp()
    {
        Store kept;
        auto traffic = feed(kept);
        traffic.request({.exchange = 1, .connection = 1});
        kept.newAgent();
        traffic.request({.exchange = 1, .connection = 1, .path = "/new"});
        traffic.response({.exchange = 1, .connection = 1, .status = 204});
        QCOMPARE(kept.rows().at(1)->state, store::RowState::Unanswered);
        QCOMPARE(kept.rows().at(1)->status, 0);
        QCOMPARE(kept.rows().at(2)->status, 204);
        QCOMPARE(kept.connections().end(), 3U);
    }
};

QTEST_APPLESS_MAIN(TestStore)
#include "tst_store.moc"
