// SPDX-License-Identifier: Apache-2.0
#include "core/store/view.h"

#include "tests/support/traffic.h"

#include <algorithm>
#include <random>

#include <QTest>

using namespace podglass;
using store::Column;
using store::Number;
using store::Order;
using store::Store;
using store::View;

namespace {

// Applies what a View tells to a list of its own, as a model's clients do.
class Mirror : public store::ViewListener
{
public:
    explicit Mirror(View& view)
        : m_view(view)
    {
        view.setListener(this);
    }

    void removing(std::size_t first, std::size_t last) override
    {
        rows.erase(rows.begin() + std::ptrdiff_t(first), rows.begin() + std::ptrdiff_t(last) + 1);
    }

    void removed() override { check(); }

    void inserting(std::size_t first, std::size_t last) override
    {
        m_first = first;
        m_last = last;
    }

    void inserted() override
    {
        for (std::size_t i = m_first; i <= m_last; ++i)
            rows.insert(rows.begin() + std::ptrdiff_t(i), m_view.at(i));
        check();
    }

    void changed(std::size_t first, std::size_t last) override
    {
        QVERIFY(first <= last && last < rows.size());
    }

    void reordering() override { m_before = rows; }

    void reordered() override
    {
        copy();
        auto sorted = rows;
        std::ranges::sort(sorted);
        std::ranges::sort(m_before);
        QVERIFY(sorted == m_before); // a reordering loses nothing
    }

    void replacing() override {}

    void replaced() override { copy(); }

    std::vector<Number> rows;

private:
    void copy()
    {
        rows.clear();
        for (std::size_t i = 0; i < m_view.size(); ++i)
            rows.push_back(m_view.at(i));
    }

    void check() { QCOMPARE(rows.size(), m_view.size()); }

    View& m_view;
    std::size_t m_first = 0;
    std::size_t m_last = 0;
    std::vector<Number> m_before;
};

bool slow(const filter::Subject& subject)
{
    return subject.durationMilliseconds.value_or(0) > 20;
}

} // namespace

class TestView : public QObject
{
    Q_OBJECT

private:
    static std::vector<Number>
    expected(const Store& kept, const View::Predicate& filter, Order order)
    {
        std::vector<Number> numbers;
        std::vector<flow::HeaderField> scratch;
        for (Number n = kept.rows().first(); n < kept.rows().end(); ++n) {
            const auto kind = kept.rows().at(n)->kind;
            const bool shown =
                !filter
                || (kind == store::RowKind::Exchange ? filter(kept.subject(n, scratch))
                                                     : kind != store::RowKind::Gap);
            if (shown)
                numbers.push_back(n);
        }
        std::ranges::sort(numbers, store::Before(kept, order));
        return numbers;
    }

    static void step(tests::Traffic<std::function<void(const flow::Event&)>>& traffic,
                     std::mt19937& random,
                     std::uint64_t& next)
    {
        const auto at = static_cast<std::int64_t>(next);
        switch (random() % 6) {
        case 0:
        case 1:
        case 2:
            traffic.request(
                {.exchange = next++, .at = at, .path = "/" + std::to_string(random() % 9)});
            break;
        case 3:
        case 4:
            traffic.response({.exchange = random() % next + 1,
                              .at = at + static_cast<std::int64_t>(random() % 60),
                              .status = static_cast<std::uint16_t>(200 + random() % 4 * 100)});
            break;
        default:
            if (random() % 2 == 0)
                traffic.tell(1, at, flow::Gap{{}, 0, 1, {}});
            else
                traffic.tell(0, at, flow::Lost{flow::LossPlace::Agent, {}, 1, 1, 1});
        }
    }

private slots:

    void staysEqualToAFreshlyMadeList_data()
    {
        QTest::addColumn<int>("column");
        QTest::addColumn<bool>("descending");
        QTest::addColumn<bool>("filtered");
        for (const Column column :
             {Column::Ordinal, Column::Path, Column::Status, Column::Duration})
            for (const bool descending : {false, true})
                for (const bool filtered : {false, true})
                    QTest::addRow("column %d %d %d", int(column), descending, filtered)
                        << int(column) << descending << filtered;
    }

    void staysEqualToAFreshlyMadeList()
    {
        QFETCH(int, column);
        QFETCH(bool, descending);
        QFETCH(bool, filtered);
        Store kept({.rows = 400});
        tests::Traffic<std::function<void(const flow::Event&)>> traffic(
            [&](const flow::Event& event) { kept.apply(event); });
        View view(kept);
        Mirror mirror(view);
        std::mt19937 random(5);
        std::uint64_t next = 1;
        const Order order{static_cast<Column>(column), descending};
        const View::Predicate filter = filtered ? View::Predicate(slow) : View::Predicate();
        for (int round = 0; round < 2000; ++round) {
            step(traffic, random, next);
            if (round == 500) { // mid-way, in small slices, with traffic going on
                view.setOrder(order);
                view.setFilter(filter);
            }
            if (random() % 3 == 0)
                view.apply(kept.takeRowDelta());
            if (random() % 2 == 0)
                view.work(7);
        }
        while (view.work(7)) {}
        view.apply(kept.takeRowDelta());
        const auto wanted = expected(kept, filter, order);
        QCOMPARE(mirror.rows.size(), wanted.size());
        QVERIFY(mirror.rows == wanted);
        for (std::size_t i = 0; i < wanted.size(); i += 17)
            QCOMPARE(view.find(wanted[i]).value(), i);
        const auto requests = std::ranges::count_if(
            wanted, [&](Number n) { return kept.rows().at(n)->kind == store::RowKind::Exchange; });
        QCOMPARE(view.shownRequests(), static_cast<std::uint64_t>(requests));
    }

    void aNewFilterKeepsTheOldListUntilItIsDone()
    {
        Store kept;
        auto traffic = tests::Traffic([&](const flow::Event& event) { kept.apply(event); });
        for (std::uint64_t i = 1; i <= 10'000; ++i)
            traffic.request({.exchange = i, .path = i % 10 == 0 ? "/a" : "/b"});
        View view(kept);
        view.apply(kept.takeRowDelta());
        view.setFilter([](const filter::Subject& subject) { return subject.target == "/a"; });
        QVERIFY(view.work(5000));
        QCOMPARE(view.size(), std::size_t{10'000});
        QCOMPARE(view.progress().value(), 0.5);
        QVERIFY(!view.work(5000));
        QCOMPARE(view.size(), std::size_t{1'000});
        QVERIFY(!view.progress());
    }

    void lossIsShownWhateverTheFilter()
    {
        Store kept;
        auto traffic = tests::Traffic([&](const flow::Event& event) { kept.apply(event); });
        traffic.request({.exchange = 1});
        traffic.tell(0, 1, flow::Lost{flow::LossPlace::Kernel, {}, 9, 0, 0});
        View view(kept);
        view.setFilter([](const filter::Subject&) { return false; });
        view.work(10);
        QCOMPARE(view.size(), std::size_t{1});
        QCOMPARE(view.at(0), 2U);
        QCOMPARE(view.shownRequests(), std::uint64_t{0});
    }
};

QTEST_APPLESS_MAIN(TestView)
#include "tst_view.moc"
