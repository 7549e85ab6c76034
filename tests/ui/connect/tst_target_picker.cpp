// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/result.h" // moc of Qt 6.4 cannot read <compare> as the first header

#include "tests/ui/connect/picker_rig.h"
#include "ui/connect/place_model.h"
#include "ui/connect/places_from.h"
#include "ui/theme/style_sheet.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

using namespace podglass;
using podglass::connect::PlaceModel;
using podglass::connect::TargetPicker;
using test::someCluster;
using test::someTargets;
using test::target;

class TestTargetPicker : public QObject, private test::PickerRig
{
    Q_OBJECT

private slots:

    void init() { show(); }

    void cleanup() { m_window.reset(); }

    void modelKeepsTheRulesOfModels();
    void threeLettersAndEnterAttach();
    void arrowKeysMoveFromTheSearchField();
    void theLastTargetIsFirst();
    void aPortCanBeTyped();
    void withoutAPortTheFieldIsAsked();
    void viewOnlyIsHandedOn();
    void aRefreshKeepsTheChoice();
    void saysHowManyAndWhy();
    void twentyThousandTargetsAreQuick();
    void enterWaitsForTheSearch();
    void kindsNarrowTheList();
    void pictures();
};

void TestTargetPicker::modelKeepsTheRulesOfModels()
{
    PlaceModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.replace("host", connect::placesOf(someTargets(), {}));
    QCOMPARE(model.rowCount(), 5);
    model.setQuery("sho");
    QCOMPARE(model.place(0)->name, "shop");
    model.setQuery("9404");
    QCOMPARE(model.rowCount(), 1);
    model.replace("host", {});
    QCOMPARE(model.rowCount(), 0);
}

void TestTargetPicker::threeLettersAndEnterAttach()
{
    QSignalSpy wanted(m_picker, &TargetPicker::attachWanted);
    QTest::keyClicks(find<QLineEdit>("targetSearch"), "ord");
    QTest::keyClick(find<QLineEdit>("targetSearch"), Qt::Key_Return);
    QCOMPARE(wanted.size(), 1);
    QCOMPARE(wanted[0][0].toString(), "netns:orders");
    QCOMPARE(wanted[0][1].toUInt(), 9090U);
    QCOMPARE(wanted[0][2].toBool(), false);
}

void TestTargetPicker::arrowKeysMoveFromTheSearchField()
{
    auto* search = find<QLineEdit>("targetSearch");
    auto* view = find<QTableView>("targetList");
    QCOMPARE(view->currentIndex().row(), 0);
    QTest::keyClick(search, Qt::Key_Down);
    QTest::keyClick(search, Qt::Key_Down);
    QCOMPARE(view->currentIndex().row(), 2);
    QTest::keyClick(search, Qt::Key_Up);
    QCOMPARE(view->currentIndex().row(), 1);
    QTest::keyClicks(search, "zzz");
    QSignalSpy cancelled(m_picker, &TargetPicker::cancelWanted);
    QTest::keyClick(search, Qt::Key_Escape);
    QVERIFY(search->text().isEmpty());
    QCOMPARE(cancelled.size(), 0);
    QTest::keyClick(search, Qt::Key_Escape);
    QCOMPARE(cancelled.size(), 1);
}

void TestTargetPicker::theLastTargetIsFirst()
{
    m_picker->setLast("container:checkout-7d9f");
    QSignalSpy wanted(m_picker, &TargetPicker::attachWanted);
    QTest::keyClick(find<QLineEdit>("targetSearch"), Qt::Key_Return);
    QCOMPARE(wanted.size(), 1);
    QCOMPARE(wanted[0][0].toString(), "container:checkout-7d9f");
    QCOMPARE(wanted[0][1].toUInt(), 8080U);
}

void TestTargetPicker::aPortCanBeTyped()
{
    QSignalSpy wanted(m_picker, &TargetPicker::attachWanted);
    QCOMPARE(find<QComboBox>("targetPort")->count(), 2); // 8080 once, 8443
    find<QComboBox>("targetPort")->setEditText("7000");
    find<QPushButton>("targetAttach")->click();
    QCOMPARE(wanted.size(), 1);
    QCOMPARE(wanted[0][1].toUInt(), 7000U);
}

void TestTargetPicker::withoutAPortTheFieldIsAsked()
{
    QSignalSpy wanted(m_picker, &TargetPicker::attachWanted);
    QTest::keyClicks(find<QLineEdit>("targetSearch"), "worker");
    QVERIFY(!find<QPushButton>("targetAttach")->isEnabled());
    QTest::keyClick(find<QLineEdit>("targetSearch"), Qt::Key_Return);
    QCOMPARE(wanted.size(), 0);
    QVERIFY(find<QComboBox>("targetPort")->lineEdit()->hasFocus());
}

void TestTargetPicker::viewOnlyIsHandedOn()
{
    QSignalSpy wanted(m_picker, &TargetPicker::attachWanted);
    find<QRadioButton>("targetViewOnly")->click();
    find<QPushButton>("targetAttach")->click();
    QCOMPARE(wanted[0][2].toBool(), true);
    // By keyboard: its letter is not one of the menus', and Enter attaches from there.
    QVERIFY(find<QRadioButton>("targetViewOnly")->text().contains("&y"));
    QTest::keyClick(find<QRadioButton>("targetViewOnly"), Qt::Key_Return);
    QCOMPARE(wanted.size(), 2);
}

void TestTargetPicker::aRefreshKeepsTheChoice()
{
    auto* view = find<QTableView>("targetList");
    QTest::keyClick(find<QLineEdit>("targetSearch"), Qt::Key_Down);
    QTest::keyClick(find<QLineEdit>("targetSearch"), Qt::Key_Down);
    QCOMPARE(view->currentIndex().data().toString(), "orders");
    auto list = someTargets();
    list.targets.insert(list.targets.begin(), target("netns", "new", {}, ""));
    m_picker->setTargets(list);
    QTRY_COMPARE(view->currentIndex().row(), 3);
    QCOMPARE(view->currentIndex().data().toString(), "orders");
}

void TestTargetPicker::saysHowManyAndWhy()
{
    auto* status = find<QLabel>("targetStatus");
    QCOMPARE(status->text(), "5 of 5");
    QTest::keyClicks(find<QLineEdit>("targetSearch"), "qqq");
    QCOMPARE(status->text(), "No target matches \"qqq\".");
    wire::TargetList list;
    list.note = "containers not read: /run/containerd: permission denied";
    m_picker->setTargets(list);
    QVERIFY(status->text().contains("permission denied"));
}

void TestTargetPicker::twentyThousandTargetsAreQuick()
{
    wire::TargetList list;
    for (int i = 0; i < 20'000; ++i) {
        list.targets.push_back(
            target("container", "pod-" + std::to_string(i), {{80, "::", "nginx"}}, "image"));
    }
    m_picker->setTargets(list);
    QTest::keyClicks(find<QLineEdit>("targetSearch"), "pod-19999");
    auto* view = find<QTableView>("targetList");
    QTRY_COMPARE(view->currentIndex().data().toString(), "pod-19999");
}

void TestTargetPicker::enterWaitsForTheSearch()
{
    wire::TargetList list;
    for (int i = 0; i < 30'000; ++i)
        list.targets.push_back(
            target("container", "pod-" + std::to_string(i), {{80, "::", "nginx"}}, "image"));
    m_picker->setTargets(list);
    QSignalSpy wanted(m_picker, &TargetPicker::attachWanted);
    auto* search = find<QLineEdit>("targetSearch");
    search->setText("pod-29999");
    QTest::keyClick(search, Qt::Key_Return);
    QTRY_COMPARE(wanted.size(), 1);
    QCOMPARE(wanted[0][0].toString(), "container:pod-29999");
}

void TestTargetPicker::kindsNarrowTheList()
{
    using podglass::connect::PlaceGroup;
    auto* chip = find<QPushButton>(
        qPrintable(QStringLiteral("kindChip%1").arg(static_cast<int>(PlaceGroup::Namespace))));
    QVERIFY(chip->isVisible());
    chip->click();
    QTRY_COMPARE(find<QLabel>("targetStatus")->text(), "2 of 5");
    m_picker->begin();
    QTRY_VERIFY(find<QLabel>("targetStatus")->text().startsWith("5 of 5"));
}

// Pictures for a person: PODGLASS_SHOTS=folder tst_target_picker pictures
void TestTargetPicker::pictures()
{
    const auto folder = qEnvironmentVariable("PODGLASS_SHOTS");
    if (folder.isEmpty()) {
        QSKIP("no folder for pictures given (PODGLASS_SHOTS)");
    }
    for (const auto scheme : {theme::Scheme::Light, theme::Scheme::Dark}) {
        QApplication::setPalette(theme::paletteFor(scheme));
        qApp->setStyleSheet(theme::styleSheetFor(scheme));
        QTest::qWait(50);
        const QString end = scheme == theme::Scheme::Light ? "light" : "dark";
        m_picker->setHost("prod-bastion");
        m_picker->setTargets(someTargets());
        m_picker->setLast("netns:orders");
        QTest::qWait(100);
        QVERIFY(m_picker->grab().save(QDir(folder).filePath("picker-" + end + ".png")));
        m_picker->beginCluster("prod-eu");
        m_picker->applyCluster(someCluster());
        QTest::qWait(100);
        QVERIFY(m_picker->grab().save(QDir(folder).filePath("cluster-" + end + ".png")));
    }
}

QTEST_MAIN(TestTargetPicker)
#include "tst_target_picker.moc"
