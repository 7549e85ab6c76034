// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/place_query.h"

#include <QTest>

using namespace podglass::connect;

namespace {

Place checkoutPod()
{
    Place place;
    place.key = place.spec = "k8s:shop/pod/checkout-7d9f";
    place.source = "prod-eu";
    place.group = PlaceGroup::Pod;
    place.kind = "pod";
    place.nameSpace = "shop";
    place.name = "checkout-7d9f";
    place.status = "CrashLoopBackOff";
    place.detail = "registry.example/shop/checkout:1.4";
    place.ports = {{8080, "http", "app"}, {9404, "metrics", "app"}};
    place.containers = {"app", "sidecar"};
    place.labels = "app=checkout\ntier=web\n";
    return place;
}

int score(const char* query)
{
    const Place place = checkoutPod();
    return PlaceQuery(query).score(place, Searchable(place));
}

} // namespace

class TestPlaceQuery : public QObject
{
    Q_OBJECT

private slots:

    void finds_data()
    {
        QTest::addColumn<bool>("found");
        for (const char* query : {"",
                                  "che",
                                  "CHE",
                                  "/che",
                                  "shop",
                                  "che shop",
                                  "9404",
                                  ":9404",
                                  ":94",
                                  "metrics",
                                  "sidecar",
                                  "crash",
                                  "registry.example",
                                  "app=checkout",
                                  "app=che",
                                  "-l app=checkout,tier=web",
                                  "-l app=checkout che",
                                  "tier=",
                                  "pod/che",
                                  "po/",
                                  "pods/che",
                                  "ns/shop",
                                  "ns/billing ns/shop",
                                  "@prod",
                                  "!billing",
                                  "/!billing",
                                  "!app=other",
                                  "!deploy/",
                                  "  ",
                                  "!",
                                  "-l"})
            QTest::newRow(query) << true;
        for (const char* query : {"zzz",
                                  "che zzz",
                                  "!checkout",
                                  "/!checkout",
                                  "!sidecar",
                                  "!app=checkout",
                                  "app=other",
                                  "pp=checkout",
                                  "-l app=checkout,tier=db",
                                  "deploy/",
                                  "deploy/che",
                                  "!pod/",
                                  "ns/billing",
                                  "@staging",
                                  ":7000",
                                  "!:8080"})
            QTest::newRow(query) << false;
    }

    void finds()
    {
        QFETCH(bool, found);
        QCOMPARE(score(QTest::currentDataTag()) > 0, found);
    }

    void theNameCountsMost()
    {
        Place other = checkoutPod();
        other.name = "worker";
        const PlaceQuery query("checkout");
        QVERIFY(query.score(other, Searchable(other)) > 0); // its image says so
        QVERIFY(score("checkout") > query.score(other, Searchable(other)));
    }
};

QTEST_APPLESS_MAIN(TestPlaceQuery)
#include "tst_place_query.moc"
