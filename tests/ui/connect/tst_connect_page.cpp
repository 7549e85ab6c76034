// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/connect_page.h"
#include "ui/theme/style_sheet.h"

#include <QApplication>
#include <QCheckBox>
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
using podglass::connect::ConnectPage;

class TestConnectPage : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();
    void aTypedHostConnectsWithEnter();
    void aNameSaysWhatItStandsFor();
    void systemSshIsAChoice();
    void thisMachineNeedsNoHost();
    void nonsenseDoesNotConnect();
    void enterOpensWhatWasUsedLast();
    void whatIsFoundIsListedAndSearched();
    void whatIsKeptStaysViewOnly();
    void aStepUpdatesItsLine();
    void anUnknownHostKeyIsRefusedByEnter();
    void aProgramIsNotRunByEnter();
    void aPasswordIsHiddenAndWiped();
    void anErrorSaysWhatWhereAndWhatToDo();
    void anErrorMayOfferAnotherWay();
    void sudoIsAChoice();
    void everyFieldHasAName();
    void pictures();

private:
    template <typename T>
    T* find(const char* name) const
    {
        return m_page->findChild<T*>(QString::fromLatin1(name));
    }

    void type(const QString& text) const { find<QLineEdit>("connectHost")->setText(text); }

    static session::Address addressOf(const QSignalSpy& spy)
    {
        return spy.back().front().value<session::Address>();
    }

    void someSteps() const;

    void showSources() const
    {
        kubernetes::Context context;
        context.name = "prod-eu";
        context.server = "https://10.0.0.1:6443";
        context.current = true;
        m_page->setContexts({context});
        m_page->setSaved({{"shop in production", "ssh://prod-bastion/container/shop", true},
                          {"", "ssh://prod-bastion/netns/shop", false},
                          {"", "local/netns/orders", false}});
    }

    std::unique_ptr<QWidget> m_window;
    ConnectPage* m_page = nullptr;
};

void TestConnectPage::init()
{
    m_window = std::make_unique<QWidget>();
    m_page = new ConnectPage(m_window.get());
    m_page->resize(900, 600);
    m_window->resize(900, 600);
    targets::SshConfig config;
    config.add("Host prod-bastion\n HostName 10.0.0.5\n User deploy\n Port 2222\n"
               "Host far\n HostName 10.9.9.9\n ProxyJump gate\n",
               "/home/ana/.ssh/config",
               "/home/ana/.ssh");
    m_page->setSshConfig(std::move(config));
    m_page->showForm();
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
}

void TestConnectPage::cleanup()
{
    m_window.reset();
}

void TestConnectPage::aTypedHostConnectsWithEnter()
{
    QSignalSpy wanted(m_page, &ConnectPage::connectWanted);
    type("ana@build-3:2200");
    QTest::keyClick(find<QLineEdit>("connectHost"), Qt::Key_Return);
    QCOMPARE(wanted.size(), 1);
    // What Enter does not open is not marked, until somebody moves there.
    auto* view = find<QTableView>("connectPlaces");
    QVERIFY(!view->currentIndex().isValid());
    QTest::keyClick(find<QLineEdit>("connectHost"), Qt::Key_Down);
    QCOMPARE(view->currentIndex().row(), 0);
    const auto road = addressOf(wanted).road;
    QCOMPARE(road.kind, session::RoadKind::Ssh);
    QCOMPARE(road.user, "ana");
    QCOMPARE(road.host, "build-3");
    QCOMPARE(road.port, 2200);
}

void TestConnectPage::aNameSaysWhatItStandsFor()
{
    type("prod-bastion");
    QCOMPARE(find<QLabel>("connectReads")->text(), "Reads as deploy at 10.0.0.5, port 2222");
    type("far");
    QVERIFY(find<QLabel>("connectReads")->text().contains("gate"));
    // What another file says of that name is not known before it is read.
    type("ssh://prod-bastion?config=/etc/other");
    QCOMPARE(find<QLabel>("connectReads")->text(), "Opens ssh://prod-bastion?config=/etc/other");
}

void TestConnectPage::systemSshIsAChoice()
{
    QSignalSpy wanted(m_page, &ConnectPage::connectWanted);
    type("far");
    find<QRadioButton>("transportSystem")->click();
    find<QPushButton>("connectButton")->click();
    QCOMPARE(wanted.size(), 1);
    QCOMPARE(addressOf(wanted).road.kind, session::RoadKind::SystemSsh);
    QCOMPARE(addressOf(wanted).road.host, "far");
}

void TestConnectPage::thisMachineNeedsNoHost()
{
    QSignalSpy wanted(m_page, &ConnectPage::connectWanted);
    QTest::keyClicks(find<QLineEdit>("connectHost"), "thi");
    QTest::keyClick(find<QLineEdit>("connectHost"), Qt::Key_Return);
    QCOMPARE(wanted.size(), 1);
    QCOMPARE(addressOf(wanted).road.kind, session::RoadKind::Local);
}

void TestConnectPage::enterOpensWhatWasUsedLast()
{
    showSources();
    m_page->showForm();
    QSignalSpy wanted(m_page, &ConnectPage::connectWanted);
    QTest::keyClick(find<QLineEdit>("connectHost"), Qt::Key_Return);
    QCOMPARE(wanted.size(), 1);
    QCOMPARE(addressOf(wanted).road.host, "prod-bastion");
    QCOMPARE(addressOf(wanted).target, "netns:shop");
    QCOMPARE(wanted.back()[1].toBool(), false);
}

void TestConnectPage::whatIsFoundIsListedAndSearched()
{
    showSources();
    targets::SshConfig config;
    config.add("Host gate\n HostName 10.0.0.1\n", "/home/ana/.ssh/config", "/home/ana/.ssh");
    m_page->setSshConfig(std::move(config), {"10.0.0.1", "build-3.example", "[build-4]:2222"});
    auto* model = find<QTableView>("connectPlaces")->model();
    // Three kept or used, this machine, gate (its address is not another host), two known, one
    // context.
    QTRY_COMPARE(model->rowCount(), 8);
    QStringList names;
    for (int i = 0; i < 3; ++i)
        names << model->index(i, 0).data().toString();
    QCOMPARE(names.join(", "), "shop on prod-bastion (last), orders, shop in production");
    type("build4");
    QTRY_COMPARE(model->rowCount(), 1);
    QSignalSpy wanted(m_page, &ConnectPage::connectWanted);
    QTest::keyClick(find<QLineEdit>("connectHost"), Qt::Key_Return);
    QCOMPARE(addressOf(wanted).road.host, "build-4");
    QCOMPARE(addressOf(wanted).road.port, 2222);
    type("prod-eu");
    QTRY_COMPARE(model->index(0, 1).data().toString(), "context");
    type("context/");
    QTest::keyClick(find<QLineEdit>("connectHost"), Qt::Key_Down);
}

void TestConnectPage::whatIsKeptStaysViewOnly()
{
    showSources();
    type("production");
    QSignalSpy wanted(m_page, &ConnectPage::connectWanted);
    QTest::keyClick(find<QLineEdit>("connectHost"), Qt::Key_Return);
    QCOMPARE(wanted.size(), 1);
    QCOMPARE(addressOf(wanted).target, "container:shop");
    QCOMPARE(wanted.back()[1].toBool(), true);
}

void TestConnectPage::nonsenseDoesNotConnect()
{
    QSignalSpy wanted(m_page, &ConnectPage::connectWanted);
    type("host:99999");
    QVERIFY(!find<QPushButton>("connectButton")->isEnabled());
    QTest::keyClick(find<QLineEdit>("connectHost"), Qt::Key_Return);
    QCOMPARE(wanted.size(), 0);
}

void TestConnectPage::someSteps() const
{
    using session::StepState;
    m_page->showConnecting(session::parseAddress("ssh://deploy@prod-bastion").value());
    m_page->showStep({1, StepState::Done, "resolved prod-bastion to 10.0.0.5", "", 3});
    m_page->showStep({2, StepState::Done, "connected to 10.0.0.5, port 2222", "", 12});
    m_page->showStep({3,
                      StepState::Warning,
                      "2 settings of ~/.ssh/config are not used",
                      "ControlMaster (~/.ssh/config:12)\nForwardAgent (~/.ssh/config:13)",
                      0});
    m_page->showStep({4, StepState::Running, "host key", "", 0});
}

void TestConnectPage::aStepUpdatesItsLine()
{
    someSteps();
    m_page->showStep({4, session::StepState::Done, "host key known", "", 1});
    QStringList lines;
    for (const auto* label : m_page->findChildren<QLabel*>()) {
        lines << label->text();
    }
    QVERIFY(lines.contains("host key known"));
    QVERIFY(!lines.contains("host key"));
}

void TestConnectPage::anUnknownHostKeyIsRefusedByEnter()
{
    someSteps();
    QSignalSpy answered(m_page, &ConnectPage::promptAnswered);
    m_page->showPrompt({7, session::PromptKind::HostKey, "Host key of 10.0.0.5", "SHA256:Qm3"});
    auto* focused = QApplication::focusWidget();
    QCOMPARE(focused, find<QPushButton>("promptCancel"));
    QTest::keyClick(focused, Qt::Key_Space);
    QCOMPARE(answered.size(), 1);
    QCOMPARE(answered[0][1].toBool(), false);
    m_page->showPrompt({8, session::PromptKind::HostKey, "Host key of 10.0.0.5", "SHA256:Qm3"});
    find<QPushButton>("promptTrustAndSave")->click();
    QCOMPARE(answered.size(), 2);
    QCOMPARE(answered[1][0].toUInt(), 8U);
    QCOMPARE(answered[1][2].toString(), "save");
}

void TestConnectPage::aProgramIsNotRunByEnter()
{
    QSignalSpy answered(m_page, &ConnectPage::promptAnswered);
    m_page->showConnecting({});
    m_page->showPrompt({.id = 4,
                        .kind = session::PromptKind::Permission,
                        .title = "Run aws to log in to prod?",
                        .text = "aws eks get-token"});
    QCOMPARE(find<QPushButton>("promptTrustOnce")->text(), QString("Allow once"));
    QCOMPARE(find<QPushButton>("promptTrustAndSave")->text(), QString("Always allow"));
    QVERIFY(!find<QLineEdit>("promptField")->isVisible());
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
    QCOMPARE(answered.size(), 1);
    QVERIFY(!answered.at(0).at(1).toBool());
}

void TestConnectPage::aPasswordIsHiddenAndWiped()
{
    someSteps();
    QSignalSpy answered(m_page, &ConnectPage::promptAnswered);
    m_page->showPrompt({9, session::PromptKind::Password, "Password for deploy", ""});
    auto* field = find<QLineEdit>("promptField");
    QCOMPARE(field->echoMode(), QLineEdit::Password);
    QTest::keyClicks(field, "secret");
    QTest::keyClick(field, Qt::Key_Return);
    QCOMPARE(answered.size(), 1);
    QCOMPARE(answered[0][2].toString(), "secret");
    QVERIFY(field->text().isEmpty());
    QVERIFY(!field->isVisible());
}

void TestConnectPage::anErrorSaysWhatWhereAndWhatToDo()
{
    someSteps();
    m_page->showError(
        {"cannot connect\nConnection refused", "10.0.0.5:2222", "check that sshd runs"});
    QStringList lines;
    for (const auto* label : m_page->findChildren<QLabel*>()) {
        if (label->isVisible()) {
            lines << label->text();
        }
    }
    QVERIFY(lines.contains("Cannot connect"));
    QVERIFY(lines.contains("10.0.0.5:2222"));
    QVERIFY(lines.contains("Connection refused"));
    QVERIFY(lines.contains("Check that sshd runs"));
    QVERIFY(!find<QPushButton>("errorOffer")->isVisible());
    QSignalSpy wanted(m_page, &ConnectPage::connectWanted);
    find<QPushButton>("errorRetry")->click();
    QCOMPARE(addressOf(wanted).road.host, "prod-bastion");
}

void TestConnectPage::anErrorMayOfferAnotherWay()
{
    someSteps();
    m_page->showError(
        {"the agent may not capture there\nCAP_NET_RAW is missing", "build-3", "sudo"},
        "Connect with sudo");
    QSignalSpy taken(m_page, &ConnectPage::offerTaken);
    auto* offer = find<QPushButton>("errorOffer");
    QVERIFY(offer->isVisible());
    QCOMPARE(offer->text(), "Connect with sudo");
    offer->click();
    QCOMPARE(taken.size(), 1);
}

void TestConnectPage::sudoIsAChoice()
{
    QSignalSpy wanted(m_page, &ConnectPage::connectWanted);
    type("deploy@build-3");
    find<QCheckBox>("transportSudo")->setChecked(true);
    find<QPushButton>("connectButton")->click();
    QVERIFY(addressOf(wanted).road.sudo);
}

void TestConnectPage::everyFieldHasAName()
{
    for (const auto* widget : m_page->findChildren<QWidget*>()) {
        const auto* button = qobject_cast<const QAbstractButton*>(widget);
        if (qobject_cast<const QComboBox*>(widget) != nullptr) {
            QVERIFY(!widget->accessibleName().isEmpty());
        } else if (button != nullptr && widget->focusPolicy() != Qt::NoFocus) {
            QVERIFY(!button->text().isEmpty());
        }
    }
}

// Pictures for a person: PODGLASS_SHOTS=folder tst_connect_page pictures
void TestConnectPage::pictures()
{
    const auto folder = qEnvironmentVariable("PODGLASS_SHOTS");
    if (folder.isEmpty()) {
        QSKIP("no folder for pictures given (PODGLASS_SHOTS)");
    }
    const auto shot = [&](const QString& name) {
        QTest::qWait(50);
        QVERIFY(m_page->grab().save(QDir(folder).filePath("connect-" + name + ".png")));
    };
    for (const auto scheme : {theme::Scheme::Light, theme::Scheme::Dark}) {
        const QString end = scheme == theme::Scheme::Light ? "-light" : "-dark";
        QApplication::setPalette(theme::paletteFor(scheme));
        qApp->setStyleSheet(theme::styleSheetFor(scheme));
        showSources();
        m_page->showForm();
        type("prod-bastion");
        shot("form" + end);
        someSteps();
        m_page->showPrompt({7,
                            session::PromptKind::HostKey,
                            "The host key of 10.0.0.5 is not known",
                            "ED25519 SHA256:Qm3vY0V1mC0dKq3r7m3pCkq2Zr3H8Yb1n0Q9yqk2hJw"});
        shot("host-key" + end);
        someSteps();
        m_page->showStep({4,
                          session::StepState::Failed,
                          "signing in failed",
                          "publickey: no key was accepted\npassword: refused by the server",
                          812});
        m_page->showError({"The server accepted none of the ways to sign in",
                           "deploy at 10.0.0.5, port 2222",
                           "Load the key into your agent with ssh-add, or choose System ssh."});
        shot("error" + end);
    }
}

QTEST_MAIN(TestConnectPage)
#include "tst_connect_page.moc"
