// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/result.h" // moc of Qt 6.4 cannot read <compare> as the first header
#include "core/wire/message.h"

#include "ui/connect/target_model.h"
#include "ui/connect/target_picker.h"
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
#include <QTest>
#include <QTreeView>

using namespace podglass;
using podglass::connect::TargetModel;
using podglass::connect::TargetPicker;

namespace {

wire::Target target(const std::string& kind,
                    const std::string& name,
                    std::vector<wire::ListeningPort> ports,
                    const std::string& detail)
{
    return {kind + ":" + name, kind, name, detail, 1, std::move(ports), {}};
}

wire::TargetList someTargets()
{
    wire::TargetList list;
    list.targets = {
        target("netns",
               "shop",
               {{8080, "0.0.0.0", "nginx"}, {8080, "::", "nginx"}, {8443, "0.0.0.0", "nginx"}},
               "10.77.0.11"),
        target("netns", "orders", {{9090, "0.0.0.0", "python3"}}, "10.77.0.12"),
        target("container",
               "checkout-7d9f",
               {{8080, "::", "java"}, {9404, "::", "java"}},
               "registry.example.com/shop/checkout:1.4.2"),
        target("container", "worker-1", {}, "registry.example.com/shop/worker:1.4.2"),
        target("host", "build-3", {{22, "0.0.0.0", "sshd"}}, "Debian GNU/Linux 12")};
    return list;
}

} // namespace

class TestTargetPicker : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();
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
    void pictures();

private:
    template <typename T>
    T* find(const char* name) const
    {
        return m_picker->findChild<T*>(QString::fromLatin1(name));
    }

    std::unique_ptr<QWidget> m_window;
    TargetPicker* m_picker = nullptr;
};

void TestTargetPicker::init()
{
    m_window = std::make_unique<QWidget>();
    m_picker = new TargetPicker(m_window.get());
    m_picker->resize(900, 520);
    m_window->resize(900, 520);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    m_picker->begin();
    m_picker->setTargets(someTargets());
}

void TestTargetPicker::cleanup()
{
    m_window.reset();
}

void TestTargetPicker::modelKeepsTheRulesOfModels()
{
    TargetModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setTargets(someTargets().targets);
    QCOMPARE(model.rowCount(), 5);
    model.setQuery("sho");
    QCOMPARE(QString::fromStdString(model.target(0)->name), "shop");
    model.setQuery("9404");
    QCOMPARE(model.rowCount(), 1);
    model.setTargets({});
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
    auto* view = find<QTreeView>("targetList");
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
}

void TestTargetPicker::aRefreshKeepsTheChoice()
{
    auto* view = find<QTreeView>("targetList");
    QTest::keyClick(find<QLineEdit>("targetSearch"), Qt::Key_Down);
    auto list = someTargets();
    list.targets.insert(list.targets.begin(), target("netns", "new", {}, ""));
    m_picker->setTargets(list);
    QCOMPARE(view->currentIndex().row(), 2);
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
    auto* view = find<QTreeView>("targetList");
    QCOMPARE(view->currentIndex().data().toString(), "pod-19999");
}

// Pictures for a person: PODGLASS_SHOTS=folder tst_target_picker pictures
void TestTargetPicker::pictures()
{
    const auto folder = qEnvironmentVariable("PODGLASS_SHOTS");
    if (folder.isEmpty()) {
        QSKIP("no folder for pictures given (PODGLASS_SHOTS)");
    }
    m_picker->setHost("prod-bastion");
    m_picker->setLast("netns:orders");
    for (const auto scheme : {theme::Scheme::Light, theme::Scheme::Dark}) {
        QApplication::setPalette(theme::paletteFor(scheme));
        qApp->setStyleSheet(theme::styleSheetFor(scheme));
        QTest::qWait(50);
        const QString end = scheme == theme::Scheme::Light ? "light" : "dark";
        QVERIFY(m_picker->grab().save(QDir(folder).filePath("picker-" + end + ".png")));
    }
}

QTEST_MAIN(TestTargetPicker)
#include "tst_target_picker.moc"
