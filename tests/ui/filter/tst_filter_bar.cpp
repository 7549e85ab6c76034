// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filter/filter_bar.h"

#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

using namespace podglass;
using namespace podglass::ui;

class TestFilterBar : public QObject
{
    Q_OBJECT

private:
    static QString labelNamed(const FilterBar& bar, const QString& name)
    {
        for (const auto* label : bar.findChildren<QLabel*>()) {
            if (label->accessibleName() == name)
                return label->text();
        }
        return {};
    }

private slots:

    void appliesWhenTypingRests()
    {
        FilterBar bar;
        QSignalSpy applied(&bar, &FilterBar::applied);
        QTest::keyClicks(bar.edit(), "path is /a");
        QCOMPARE(bar.state(), BarState::Valid);
        QCOMPARE(applied.count(), 0);
        QTRY_COMPARE(applied.count(), 1);
        QCOMPARE(filter::print(bar.filter()), "path is \"/a\"");
        QTest::keyClicks(bar.edit(), "b");
        QTest::keyClick(bar.edit(), Qt::Key_Return);
        QCOMPARE(applied.count(), 2); // Enter does not wait
        QCOMPARE(bar.recent(), QStringList("path is /ab"));
    }

    void wrongTextKeepsTheLastGoodFilter()
    {
        FilterBar bar;
        QTest::keyClicks(bar.edit(), "path is /a");
        QTest::keyClick(bar.edit(), Qt::Key_Return);
        QSignalSpy applied(&bar, &FilterBar::applied);
        QTest::keyClicks(bar.edit(), " and stat");
        QTest::keyClick(bar.edit(), Qt::Key_Return);
        QCOMPARE(bar.state(), BarState::Invalid);
        QCOMPARE(bar.edit()->property("fieldState").toString(), QString("invalid"));
        QVERIFY(labelNamed(bar, "The view filter in words").startsWith("Character 16: "));
        QCOMPARE(applied.count(), 0);
        QCOMPARE(filter::print(bar.filter()), "path is \"/a\"");
        // Esc takes the wrong text back, then clears, then leaves.
        QSignalSpy left(&bar, &FilterBar::left);
        QTest::keyClick(bar.edit(), Qt::Key_Escape);
        QCOMPARE(bar.edit()->text(), QString("path is /a"));
        QTest::keyClick(bar.edit(), Qt::Key_Escape);
        QCOMPARE(bar.edit()->text(), QString());
        QCOMPARE(applied.count(), 1);
        QVERIFY(bar.filter().children.empty());
        QCOMPARE(left.count(), 0);
        QTest::keyClick(bar.edit(), Qt::Key_Escape);
        QCOMPARE(left.count(), 1);
    }

    void compilerErrorsArePlaced()
    {
        FilterBar bar;
        bar.edit()->setText("path matches /a(b/");
        QCOMPARE(bar.state(), BarState::Invalid);
        QVERIFY(labelNamed(bar, "The view filter in words").startsWith("Character 16: "));
    }

    // What is wrong is the value, not the rule, also behind letters of more than one byte.
    void wrongNumbersArePlaced_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("character");
        QTest::newRow("letters") << "status > abc" << 10;
        QTest::newRow("empty") << "status > \"\"" << 10;
        QTest::newRow("nothing") << "status >" << 9;
        QTest::newRow("class") << "status is 5xx" << 11;
        QTest::newRow("signed") << "status > -1" << 10;
        QTest::newRow("too large") << "status > 99999999999999999999" << 10;
        QTest::newRow("or equal") << "status >= 500" << 8;
        QTest::newRow("text operator") << "status contains 5" << 8;
        QTest::newRow("behind an emoji")
            << QString::fromUtf8("path is /\xf0\x9f\x99\x82 and status > a") << 25;
    }

    void wrongNumbersArePlaced()
    {
        QFETCH(QString, text);
        QFETCH(int, character);
        FilterBar bar;
        QSignalSpy applied(&bar, &FilterBar::applied);
        bar.edit()->setText(text);
        QTest::keyClick(bar.edit(), Qt::Key_Return);
        QCOMPARE(bar.state(), BarState::Invalid);
        QCOMPARE(applied.count(), 0);
        const QString words = labelNamed(bar, "The view filter in words");
        QVERIFY2(words.startsWith(QString("Character %1: ").arg(character)), qPrintable(words));
    }

    void warns()
    {
        FilterBar bar;
        bar.setSeenHeaders({"x-user-id"});
        bar.edit()->setText("header x-usr-id is 7");
        QCOMPARE(bar.state(), BarState::Warning);
        bar.edit()->setText("header X-User-Id is 7");
        QCOMPARE(bar.state(), BarState::Valid);
        QTest::keyClick(bar.edit(), Qt::Key_Return);
        bar.setCounts(0, 12431);
        QCOMPARE(bar.state(), BarState::Warning);
        bar.setCounts(37, 12431);
        QCOMPARE(bar.state(), BarState::Valid);
        QCOMPARE(labelNamed(bar, "Rows shown"),
                 QString("%1 of %2").arg(QLocale().toString(37), QLocale().toString(12431)));
        QVERIFY(labelNamed(bar, "The view filter in words").contains("have X-User-Id 7"));
    }
};

QTEST_MAIN(TestFilterBar)
#include "tst_filter_bar.moc"
