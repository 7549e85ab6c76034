// SPDX-License-Identifier: GPL-3.0-or-later
// The target picker over a cluster, which is followed live.
#include "core/base/result.h" // moc of Qt 6.4 cannot read <compare> as the first header

#include "tests/ui/connect/picker_rig.h"
#include "ui/connect/namespace_choice.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

using namespace podglass;
using podglass::connect::TargetPicker;
using test::someCluster;
using test::someTargets;

class TestClusterPicker : public QObject, private test::PickerRig
{
    Q_OBJECT

private slots:

    void init() { show(); }

    void cleanup() { m_window.reset(); }

    void aClusterHasWorkloadsPodsAndContainers();
    void namespacesAreTickedOrTyped();
    void whatMustNotBeListedIsTold();
    void clustersBehindAHostAreOpened();
};

void TestClusterPicker::aClusterHasWorkloadsPodsAndContainers()
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

void TestClusterPicker::namespacesAreTickedOrTyped()
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

void TestClusterPicker::whatMustNotBeListedIsTold()
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

void TestClusterPicker::clustersBehindAHostAreOpened()
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

QTEST_MAIN(TestClusterPicker)
#include "tst_cluster_picker.moc"
