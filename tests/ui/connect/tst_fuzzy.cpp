// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/fuzzy.h"

#include <QTest>

using podglass::connect::fuzzyScore;

class TestFuzzy : public QObject
{
    Q_OBJECT

private slots:
    void finds_data();
    void finds();
    void ranksWholeWordsFirst();
};

void TestFuzzy::finds_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("found");
    QTest::newRow("nothing typed") << ""
                                   << "checkout" << true;
    QTest::newRow("start") << "che"
                           << "checkout-7d9f" << true;
    QTest::newRow("case aside") << "CHE"
                                << "checkout" << true;
    QTest::newRow("letters in order") << "co7"
                                      << "checkout-7d9f" << true;
    QTest::newRow("not out of order") << "7co"
                                      << "checkout-7d9f" << false;
    QTest::newRow("every word") << "shop pod"
                                << "pod shop-1" << true;
    QTest::newRow("one word is missing") << "shop vm"
                                         << "pod shop-1" << false;
    QTest::newRow("longer than the text") << "shops"
                                          << "shop" << false;
}

void TestFuzzy::finds()
{
    QFETCH(QString, query);
    QFETCH(QString, text);
    QFETCH(bool, found);
    QCOMPARE(fuzzyScore(query, text) > 0, found);
}

void TestFuzzy::ranksWholeWordsFirst()
{
    QVERIFY(fuzzyScore("shop", "web shop") > fuzzyScore("shop", "west-hop"));
    QVERIFY(fuzzyScore("or", "orders") > fuzzyScore("or", "store"));
}

QTEST_APPLESS_MAIN(TestFuzzy)
#include "tst_fuzzy.moc"
