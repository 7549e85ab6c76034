// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/result.h" // moc of Qt 6.4 cannot read <compare> as the first header
#include "core/wire/message.h"

#include "ui/connect/namespace_choice.h"
#include "ui/connect/place_model.h"
#include "ui/connect/places_from.h"
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
#include <QTableView>
#include <QTest>

using namespace podglass;
using podglass::connect::PlaceModel;
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
    void enterWaitsForTheSearch();
    void kindsNarrowTheList();
    void aClusterHasWorkloadsPodsAndContainers();
    void namespacesAreTickedOrTyped();
    void whatMustNotBeListedIsTold();
    void clustersBehindAHostAreOpened();
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

namespace {

kubernetes::Delta someCluster()
{
    kubernetes::Delta delta;
    kubernetes::Pod pod;
    pod.uid = "u1";
    pod.nameSpace = "shop";
    pod.name = "checkout-7d9f";
    pod.phase = "Running";
    pod.ready = true;
    pod.containers = {{"app", "checkout:1.4", {}, true, true, 0, {}},
                      {"proxy", "envoy:2", {}, true, true, 0, {}}};
    pod.ports = {{8080, "http", "app"}, {15001, "admin", "proxy"}};
    pod.labels = {{"app", "checkout"}};
    pod.restarts = 4;
    delta.pods.push_back(pod);
    pod.uid = "u2";
    pod.nameSpace = "billing";
    pod.name = "cheque-store-0";
    pod.containers.resize(1);
    pod.ports = {{5432, "pg", "app"}};
    pod.labels = {{"app", "cheques"}};
    delta.pods.push_back(pod);
    kubernetes::Workload workload;
    workload.nameSpace = "shop";
    workload.owner = {"deploy", "checkout"};
    workload.pods = workload.ready = 1;
    workload.ports = {{8080, "http", "app"}};
    workload.labels = {{"app", "checkout"}};
    delta.workloads.push_back(workload);
    delta.following = kubernetes::Following::Live;
    return delta;
}

} // namespace

void TestTargetPicker::aClusterHasWorkloadsPodsAndContainers()
{
    m_picker->beginCluster("prod-eu");
    m_picker->applyCluster(someCluster());
    auto* search = find<QLineEdit>("targetSearch");
    auto* view = find<QTableView>("targetList");
    auto* port = find<QComboBox>("targetPort");
    QTRY_COMPARE(view->model()->rowCount(), 3);
    QTest::keyClicks(search, "che !deploy");
    search->setText("pod/che");
    QTRY_COMPARE(view->model()->rowCount(), 2);
    QTest::keyClicks(search, " app=checkout");
    QTRY_COMPARE(view->model()->rowCount(), 1);
    auto* container = find<QComboBox>("targetContainer");
    QVERIFY(container->isVisible());
    QCOMPARE(port->count(), 2);
    container->setCurrentIndex(container->findText("proxy"));
    emit container->activated(container->currentIndex());
    QCOMPARE(port->currentText(), "15001");
    QSignalSpy wanted(m_picker, &TargetPicker::attachWanted);
    QTest::keyClick(search, Qt::Key_Return);
    QCOMPARE(wanted.size(), 1);
    QCOMPARE(wanted[0][0].toString(), "k8s:shop/pod/checkout-7d9f");
    QCOMPARE(wanted[0][1].toUInt(), 15001U);
}

void TestTargetPicker::namespacesAreTickedOrTyped()
{
    m_picker->beginCluster("prod-eu");
    m_picker->applyCluster(someCluster());
    auto* view = find<QTableView>("targetList");
    QTRY_COMPARE(view->model()->rowCount(), 3);
    auto* choice = find<connect::NamespaceChoice>("namespaceChoice");
    QVERIFY(choice->isVisible());
    choice->openList();
    auto* search = m_window->findChild<QLineEdit*>("namespaceSearch");
    QTest::keyClicks(search, "bill");
    QTest::keyClick(search, Qt::Key_Return);
    QTRY_COMPARE(view->model()->rowCount(), 1);
    QSignalSpy typed(m_picker, &TargetPicker::namespaceWanted);
    search->setText("secret-ns");
    QTest::keyClick(search, Qt::Key_Return);
    QCOMPARE(typed.size(), 1);
    QCOMPARE(typed[0][0].toString(), "secret-ns");
    QCOMPARE(choice->chosen().size(), std::size_t(2));
    choice->clearChoice();
}

void TestTargetPicker::whatMustNotBeListedIsTold()
{
    m_picker->beginCluster("prod-eu");
    kubernetes::Delta delta = someCluster();
    delta.refused.push_back({"ana", "list", "pods", "", "secret-ns"});
    m_picker->applyCluster(delta);
    QVERIFY(find<QLabel>("targetStatus")->text().contains("no right to list pods in secret-ns"));
    // It is still true when something else is told.
    kubernetes::Delta later;
    later.following = kubernetes::Following::Live;
    later.skipped = 12;
    later.merged = 345;
    later.error.what = "7 more namespaces are not watched: name the one you want";
    m_picker->applyCluster(later);
    const QString said = find<QLabel>("targetStatus")->text();
    for (const char* part : {"no right to list pods in secret-ns",
                             "12 more are not shown",
                             "7 more namespaces are not watched",
                             "345 changes were merged"})
        QVERIFY2(said.contains(part), qPrintable(said));
    // Another cluster has nothing of it.
    m_picker->beginCluster("prod-us");
    m_picker->applyCluster(someCluster());
    QVERIFY(!find<QLabel>("targetStatus")->text().contains("secret-ns"));
}

// Pictures for a person: PODGLASS_SHOTS=folder tst_target_picker pictures
void TestTargetPicker::clustersBehindAHostAreOpened()
{
    QSignalSpy wanted(m_picker, &TargetPicker::attachWanted);
    m_picker->setTargets(someTargets());
    kubernetes::Context context;
    context.name = "prod/eu";
    context.server = "https://10.0.0.1:6443";
    m_picker->addContexts("ana@gate", {context});
    QTest::keyClicks(find<QLineEdit>("targetSearch"), "context/prod");
    QTRY_COMPARE(find<QTableView>("targetList")->model()->rowCount(), 1);
    QCOMPARE(find<QPushButton>("targetAttach")->text(), QString("Open"));
    QTest::keyClick(find<QLineEdit>("targetSearch"), Qt::Key_Return);
    QTRY_COMPARE(wanted.size(), 1);
    QCOMPARE(wanted.at(0).at(0).toString(), QString("ssh://ana@gate/k8s/prod%2Feu"));
}

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
