// SPDX-License-Identifier: GPL-3.0-or-later
// Requests that wait for a person, and the dialog that says who answers.
#ifndef Q_MOC_RUN // moc 6.4 stumbles over <compare>
#include "ui/shell/held_panel.h"
#include "ui/shell/taker_dialog.h"
#endif

#include <QButtonGroup>
#include <QCheckBox>
#include <QDialogButtonBox>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>

using namespace podglass;
using shell::HeldPanel;
using shell::TakerDialog;

namespace {

session::Held request(std::uint64_t id, const std::string& target, std::string body = {})
{
    session::Held held;
    held.id = id;
    held.port = 80;
    held.head = "POST " + target + " HTTP/1.1\r\nHost: a\r\n";
    held.body = std::move(body);
    held.patience = std::chrono::seconds(300);
    return held;
}

template <typename T>
T* part(QWidget& in, const char* name)
{
    return in.findChild<T*>(QLatin1String(name));
}

} // namespace

class TestHeldPanel : public QObject
{
    Q_OBJECT

private slots:

    void editsGoWithTheReleaseAndStayWhenOthersCome()
    {
        HeldPanel panel;
        session::Taker address;
        address.port = 8080;
        panel.setAddress(address);
        std::vector<std::pair<quint64, session::Release>> sent;
        connect(&panel, &HeldPanel::released, this, [&](quint64 id, const session::Release& how) {
            sent.emplace_back(id, how);
        });
        panel.add(request(1, "/one", "body"));
        auto* head = part<QPlainTextEdit>(panel, "heldHead");
        QCOMPARE(head->toPlainText(), QStringLiteral("POST /one HTTP/1.1\nHost: a\n"));
        head->setPlainText(QStringLiteral("PUT /else HTTP/1.1\nHost: a\n"));
        panel.add(request(2, "/two"));
        auto* list = part<QListWidget>(panel, "heldList");
        QCOMPARE(list->count(), 2);
        QCOMPARE(list->currentRow(), 0);
        QCOMPARE(head->toPlainText(), QStringLiteral("PUT /else HTTP/1.1\nHost: a\n"));
        // To the other and back: what was edited is still there.
        list->setCurrentRow(1);
        QCOMPARE(head->toPlainText(), QStringLiteral("POST /two HTTP/1.1\nHost: a\n"));
        list->setCurrentRow(0);
        part<QPlainTextEdit>(panel, "heldBody")->setPlainText(QStringLiteral("new"));
        part<QPushButton>(panel, "heldSend")->click();
        QCOMPARE(sent.size(), std::size_t{1});
        QCOMPARE(sent[0].first, quint64{1});
        QCOMPARE(sent[0].second.to, session::Release::To::Address);
        QCOMPARE(sent[0].second.answer.port, std::uint16_t{8080});
        QCOMPARE(sent[0].second.head, std::string("PUT /else HTTP/1.1\nHost: a\n"));
        QCOMPARE(sent[0].second.body, std::string("new"));
        // Refused: it can be corrected and sent again.
        QVERIFY(!part<QPushButton>(panel, "heldSend")->isEnabled());
        panel.refuse({1, "no field"});
        QVERIFY(part<QPushButton>(panel, "heldSend")->isEnabled());
        panel.remove({1, "released"});
        QCOMPARE(panel.count(), 1);
        QCOMPARE(head->toPlainText(), QStringLiteral("POST /two HTTP/1.1\nHost: a\n"));
        part<QPushButton>(panel, "heldLetGo")->click();
        QCOMPARE(sent[1].second.to, session::Release::To::Original);
        panel.remove({2, "the caller went away"});
        QCOMPARE(panel.count(), 0);
        QVERIFY(!part<QPushButton>(panel, "heldLetGo")->isEnabled());
    }

    void bytesThatAreNoTextAreSentAsTheyCame()
    {
        HeldPanel panel;
        session::Taker address;
        address.port = 1;
        panel.setAddress(address);
        const std::string body("\0\xff\x80 abc", 7);
        panel.add(request(1, "/x", body));
        QVERIFY(part<QPlainTextEdit>(panel, "heldBody")->isReadOnly());
        std::string sent;
        connect(&panel, &HeldPanel::released, this, [&](quint64, const session::Release& how) {
            sent = how.body;
        });
        part<QPushButton>(panel, "heldSend")->click();
        QVERIFY(sent == body);
    }

    void anAnswerByHand()
    {
        HeldPanel panel;
        panel.add(request(1, "/x"));
        session::Release sent;
        connect(&panel, &HeldPanel::released, this, [&](quint64, const session::Release& how) {
            sent = how;
        });
        part<QSpinBox>(panel, "heldStatus")->setValue(404);
        part<QPlainTextEdit>(panel, "heldAnswerHeaders")
            ->setPlainText(QStringLiteral("X-A: 1\n\nX-B : two"));
        part<QPlainTextEdit>(panel, "heldAnswerBody")->setPlainText(QStringLiteral("no"));
        part<QPushButton>(panel, "heldAnswer")->click();
        QCOMPARE(sent.to, session::Release::To::Answer);
        QCOMPARE(sent.answer.status, std::uint16_t{404});
        QCOMPARE(sent.answer.body, std::string("no"));
        const std::vector<std::pair<std::string, std::string>> wanted{{"X-A", "1"}, {"X-B", "two"}};
        QVERIFY(sent.answer.headers == wanted);
    }

    void theDialogGivesBackWhatItIsGiven()
    {
        shell::TakerChoice choice;
        choice.taker.kind = session::Taker::Kind::Fixed;
        choice.taker.status = 204;
        choice.taker.headers = {{"X-A", "1"}};
        choice.taker.body = "text";
        choice.onFailure = wire::OnTakerFailure::PassOn;
        const TakerDialog dialog(choice);
        const shell::TakerChoice back = dialog.choice();
        QCOMPARE(back.taker.kind, choice.taker.kind);
        QCOMPARE(back.taker.status, choice.taker.status);
        QVERIFY(back.taker.headers == choice.taker.headers);
        QCOMPARE(back.taker.body, choice.taker.body);
        QCOMPARE(back.onFailure, choice.onFailure);
    }

    void theDialogSaysWhatIsWrong()
    {
        TakerDialog dialog({});
        auto* ok = dialog.findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok);
        QVERIFY(!ok->isEnabled()); // no address yet
        part<QLineEdit>(dialog, "takerDialogAddress")->setText(QStringLiteral("[::1]:8080"));
        QVERIFY(ok->isEnabled());
        part<QCheckBox>(dialog, "takerHttp1")->setChecked(true);
        QCOMPARE(dialog.choice().taker.host, std::string("::1"));
        QCOMPARE(dialog.choice().taker.speaks, session::Taker::Speaks::Http1);
        part<QRadioButton>(dialog, "takerKind1")->click();
        QVERIFY(ok->isEnabled());
        part<QPlainTextEdit>(dialog, "takerHeaders")->setPlainText(QStringLiteral("no name: 1"));
        QVERIFY(!ok->isEnabled());
        part<QPlainTextEdit>(dialog, "takerHeaders")->clear();
        part<QLineEdit>(dialog, "takerFile")->setText(QStringLiteral("/nowhere/at/all"));
        QVERIFY(!ok->isEnabled());
        part<QRadioButton>(dialog, "takerKind2")->click();
        QVERIFY(ok->isEnabled());
    }
};

QTEST_MAIN(TestHeldPanel)
#include "tst_held_panel.moc"
