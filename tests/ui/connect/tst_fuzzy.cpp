// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/fuzzy.h"

#include <QTest>

using podglass::connect::fuzzyScore;
using podglass::connect::lowered;

class TestFuzzy : public QObject
{
    Q_OBJECT

private slots:
    void finds_data();
    void finds();
    void ranksWholeWordsFirst();
    void caseIsFoldedAsUnicodeSays();
};

void TestFuzzy::finds_data()
{
    QTest::addColumn<std::string>("query");
    QTest::addColumn<std::string>("text");
    QTest::addColumn<bool>("found");
    const auto row = [](const char* name, std::string query, std::string text, bool found) {
        QTest::newRow(name) << std::move(query) << std::move(text) << found;
    };
    row("nothing typed", "", "checkout", false);
    row("start", "che", "checkout-7d9f", true);
    row("letters in order", "co7", "checkout-7d9f", true);
    row("not out of order", "7co", "checkout-7d9f", false);
    row("longer than the text", "shops", "shop", false);
    row("beyond ASCII", "\u00e9t", "caf\u00e9-terrasse", true);
}

void TestFuzzy::finds()
{
    QFETCH(std::string, query);
    QFETCH(std::string, text);
    QFETCH(bool, found);
    QCOMPARE(fuzzyScore(query, text) > 0, found);
}

void TestFuzzy::ranksWholeWordsFirst()
{
    QVERIFY(fuzzyScore("shop", "web shop") > fuzzyScore("shop", "west-hop"));
    QVERIFY(fuzzyScore("or", "orders") > fuzzyScore("or", "store"));
}

void TestFuzzy::caseIsFoldedAsUnicodeSays()
{
    QCOMPARE(lowered("CheckOut-7D"), std::string("checkout-7d"));
    QCOMPARE(lowered("\u00c9T\u00c9"), lowered("\u00e9t\u00e9"));
}

QTEST_APPLESS_MAIN(TestFuzzy)
#include "tst_fuzzy.moc"
