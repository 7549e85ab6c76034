// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever comes and goes in whatever order, the rows are what a search of all places would find.
#include "core/base/result.h" // moc of Qt 6.4 cannot read <compare> as the first header

#include "ui/connect/place_index.h"
#include "ui/connect/place_model.h"

#include <map>
#include <random>

#include <QAbstractItemModelTester>
#include <QTest>

using namespace podglass::connect;

namespace {

Place pod(int number, int version = 0)
{
    Place place;
    place.key = "pod-" + std::to_string(number);
    place.spec = "k8s:ns/pod/" + place.key;
    place.group = number % 7 == 0 ? PlaceGroup::Workload : PlaceGroup::Pod;
    place.kind = place.group == PlaceGroup::Pod ? "pod" : "deploy";
    place.nameSpace = "ns-" + std::to_string(number % 10);
    place.name = "shop-" + std::to_string(number) + (version % 2 == 0 ? "" : "-checkout");
    return place;
}

void finish(PlaceIndex& index)
{
    while (index.work())
        ;
}

std::vector<std::string> names(const PlaceIndex& index)
{
    std::vector<std::string> all;
    for (const PlaceId id : index.rows())
        all.push_back(index.place(id).key);
    return all;
}

} // namespace

class TestPlaceIndex : public QObject
{
    Q_OBJECT

private slots:

    void rowsAreWhatAFreshSearchFinds()
    {
        std::mt19937 random(7);
        PlaceIndex index;
        std::map<std::string, Place> shadow;
        const std::array<const char*, 4> queries{"", "checkout", "ns/ns-3", "!checkout 1"};
        for (int round = 0; round < 60; ++round) {
            for (int i = 0; i < 200; ++i) {
                const int number = static_cast<int>(random() % 3'000);
                if (random() % 3 == 0) {
                    index.remove(pod(number).key);
                    shadow.erase(pod(number).key);
                } else {
                    Place place = pod(number, static_cast<int>(random() % 2));
                    shadow[place.key] = place;
                    index.put(std::move(place));
                }
            }
            index.work(); // in the middle of things
            if (round % 5 == 0)
                index.recycle();
            if (round % 4 != 3)
                continue;
            index.setQuery(queries.at(random() % queries.size()));
            finish(index);
            QVERIFY(index.idle());
        }
        for (const char* query : queries) {
            index.setQuery(query);
            finish(index);
            PlaceIndex fresh;
            fresh.setQuery(query);
            for (const auto& [key, place] : shadow)
                fresh.put(place);
            finish(fresh);
            QCOMPARE(index.total(), shadow.size());
            QVERIFY(names(index) == names(fresh));
            QVERIFY(index.namespaces() == fresh.namespaces());
            QCOMPARE(index.count(PlaceGroup::Pod), fresh.count(PlaceGroup::Pod));
        }
    }

    void whatWasUsedLastIsFirst()
    {
        PlaceIndex index;
        for (int i = 0; i < 50; ++i)
            index.put(pod(i));
        index.setRecent({pod(33).spec, pod(2).spec});
        finish(index);
        QCOMPARE(index.place(index.rows()[0]).key, "pod-33");
        QCOMPARE(index.place(index.rows()[1]).key, "pod-2");
        index.setQuery("shop-2");
        finish(index);
        QCOMPARE(index.place(index.rows()[0]).key, "pod-2");
    }

    void groupsAndNamespacesNarrow()
    {
        PlaceIndex index;
        for (int i = 0; i < 100; ++i)
            index.put(pod(i));
        std::bitset<placeGroups> workloads;
        workloads.set(static_cast<std::size_t>(PlaceGroup::Workload));
        index.setGroups(workloads);
        index.setNamespaces({"ns-0", "ns-1"});
        finish(index);
        QVERIFY(!index.rows().empty());
        for (const PlaceId id : index.rows()) {
            QCOMPARE(index.place(id).kind, "deploy");
            QVERIFY(index.place(id).nameSpace == "ns-0" || index.place(id).nameSpace == "ns-1");
        }
    }

    void anIdIsNotGivenAwayWhileItMayBeShown()
    {
        PlaceIndex index;
        index.put(pod(1));
        finish(index);
        const PlaceId shown = index.rows().front();
        index.remove("pod-1");
        finish(index);
        index.put(pod(2));
        finish(index);
        QVERIFY(index.gone(shown));
        QCOMPARE(index.place(shown).key, "pod-1");
        index.recycle();
        index.put(pod(3));
        QCOMPARE(index.place(shown).key, "pod-3");
    }

    void theSelectionStaysWithItsPlace()
    {
        PlaceModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        std::mt19937 random(11);
        std::vector<Place> first;
        for (int i = 0; i < 300; ++i)
            first.push_back(pod(i * 10 + 1));
        model.put(std::move(first));
        QTRY_VERIFY(!model.busy());
        const QPersistentModelIndex kept(model.index(model.rowOf("pod-501"), 0));
        QVERIFY(kept.isValid());
        for (int round = 0; round < 40; ++round) {
            std::vector<Place> more;
            std::vector<std::string> gone;
            for (int i = 0; i < 30; ++i) {
                more.push_back(pod(static_cast<int>(random() % 4'000), round));
                if (const int number = static_cast<int>(random() % 4'000); number != 501)
                    gone.push_back("pod-" + std::to_string(number));
            }
            model.put(std::move(more));
            model.remove(gone);
            model.setQuery(round % 3 == 0 ? "shop" : "");
            QTRY_VERIFY(!model.busy());
            QTRY_COMPARE(model.rowCount(), static_cast<int>(model.index().rows().size()));
            QVERIFY(kept.isValid());
            QCOMPARE(model.place(kept.row())->key, "pod-501");
        }
        model.remove({"pod-501"});
        QTRY_VERIFY(!kept.isValid());
    }
};

QTEST_GUILESS_MAIN(TestPlaceIndex)
#include "tst_place_index.moc"
