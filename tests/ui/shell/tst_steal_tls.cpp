// SPDX-License-Identifier: GPL-3.0-or-later
// In the window: the certificate by which TLS of the stolen port ends, and the end of connections
// that were there before.
#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> of GCC 12
#include "tests/ui/shell/window_rig.h"
#endif

#include <functional>

#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QDialog>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QProcess>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using namespace podglass;

class TestStealTls : public QObject
{
    Q_OBJECT

private:
    struct Rig : tests::WindowRig
    {
        bool attach()
        {
            if (!WindowRig::attach())
                return false;
            work.attachment.setStealPort(8080);
            part<QLineEdit>("takerAddress")->setText(QStringLiteral("127.0.0.1:9"));
            return true;
        }

        bool steal()
        {
            part<QAction>("stealAction")->trigger();
            if (auto* anyway = part<QPushButton>("guardAnyway"); anyway && anyway->isVisible())
                anyway->click();
            return QTest::qWaitFor([this] { return work.attachment.mode() == wire::Mode::Steal; });
        }

        // Clicks a button that opens a dialog, and does `inside` with that.
        void inDialog(const char* button, const std::function<void(QDialog&)>& inside)
        {
            bool done = false;
            QTimer::singleShot(0, &window, [&inside, &done] {
                done = true;
                auto* dialog = qobject_cast<QDialog*>(QApplication::activeModalWidget());
                QVERIFY(dialog != nullptr);
                inside(*dialog);
                if (dialog->isVisible())
                    dialog->reject();
            });
            part<QPushButton>(button)->click();
            QTRY_VERIFY(done); // some dialogs hold the click until they close, some do not
        }
    };

    QTemporaryDir m_folder;

    [[nodiscard]] QString path(const char* name) const
    {
        return m_folder.filePath(QLatin1String(name));
    }

    // Fills the dialog in and presses OK; what it says then.
    QString answer(QDialog& dialog, const char* key, const char* passphrase = "")
    {
        dialog.findChild<QCheckBox*>(QStringLiteral("tlsEnds"))->setChecked(true);
        dialog.findChild<QLineEdit*>(QStringLiteral("tlsCertificate"))->setText(path("shop.crt"));
        dialog.findChild<QLineEdit*>(QStringLiteral("tlsKey"))->setText(path(key));
        auto* field = dialog.findChild<QLineEdit*>(QStringLiteral("tlsPassphrase"));
        if (field->isVisibleTo(&dialog))
            field->setText(QLatin1String(passphrase));
        dialog.accept();
        return dialog.findChild<QLabel*>(QStringLiteral("tlsProblem"))->text();
    }

    static void openssl(const QStringList& arguments)
    {
        QCOMPARE(QProcess::execute(QStringLiteral("openssl"), arguments), 0);
    }

private slots:

    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("podglass"));
        QCoreApplication::setApplicationName(QStringLiteral("tst_steal_tls"));
        if (QStandardPaths::findExecutable(QStringLiteral("openssl")).isEmpty())
            QSKIP("openssl is not installed");
        const QStringList key{QStringLiteral("genpkey"),
                              QStringLiteral("-algorithm"),
                              QStringLiteral("EC"),
                              QStringLiteral("-pkeyopt"),
                              QStringLiteral("ec_paramgen_curve:P-256"),
                              QStringLiteral("-out")};
        openssl(key + QStringList{path("shop.key")});
        openssl(key + QStringList{path("other.key")});
        openssl({QStringLiteral("req"),
                 QStringLiteral("-x509"),
                 QStringLiteral("-key"),
                 path("shop.key"),
                 QStringLiteral("-subj"),
                 QStringLiteral("/CN=shop.test"),
                 QStringLiteral("-out"),
                 path("shop.crt")});
        openssl({QStringLiteral("pkey"),
                 QStringLiteral("-in"),
                 path("shop.key"),
                 QStringLiteral("-aes128"),
                 QStringLiteral("-passout"),
                 QStringLiteral("pass:sesame"),
                 QStringLiteral("-out"),
                 path("locked.key")});
    }

    void init() { QSettings().clear(); }

    void aPairGoesToTheAgentBeforeItSteals()
    {
        Rig rig;
        QVERIFY(rig.attach());
        rig.inDialog("editTls", [this](QDialog& dialog) {
            QVERIFY(answer(dialog, "other.key").contains(QLatin1String("does not belong")));
            QVERIFY(answer(dialog, "nothing").contains(QLatin1String("No such file")));
            QVERIFY(dialog.isVisible());
            QCOMPARE(answer(dialog, "shop.key"), QString());
        });
        QCOMPARE(rig.agent.certificates.size(), std::size_t{1});
        QVERIFY(rig.steal());
        const wire::SetTls& sent = rig.agent.certificates.back();
        QCOMPARE(sent.port, std::uint16_t{8080});
        QVERIFY(sent.certificate.starts_with("-----BEGIN CERTIFICATE-----"));
        QVERIFY(sent.key.starts_with("-----BEGIN PRIVATE KEY-----"));
        const std::size_t before = rig.agent.certificates.size();
        QCOMPARE(before, std::size_t{1});
        // The agent has forgotten it when stealing ended: it is read again, and not asked for.
        rig.part<QAction>("stopAction")->trigger();
        QTRY_COMPARE(rig.work.attachment.mode(), wire::Mode::Mirror);
        QVERIFY(rig.steal());
        QCOMPARE(rig.agent.certificates.size(), before + 1);
        // Nothing of it is kept.
        for (const QString& name : QSettings().allKeys())
            QVERIFY(!QSettings().value(name).toString().contains(QLatin1String("PRIVATE")));
    }

    void whatBecameOfTlsIsInTheBanner()
    {
        Rig rig;
        QVERIFY(rig.attach());
        QVERIFY(rig.steal());
        rig.agent.push(
            wire::TlsState{{1}, 8080, "CN=shop.test", 12, 3, 1, 0, "a client certificate"});
        const auto said = [&] {
            for (const auto* label : rig.part<QWidget>("stealBanner")->findChildren<QLabel*>())
                if (label->toolTip().contains(QLatin1String("CN=shop.test"))
                    && label->toolTip().contains(QLatin1String("3 untouched"))
                    && label->toolTip().contains(QLatin1String("a client certificate")))
                    return true;
            return false;
        };
        QTRY_VERIFY(said());
    }

    void aLockedKeyAsksForItsPassphraseEachTime()
    {
        Rig rig;
        QVERIFY(rig.attach());
        rig.inDialog("editTls", [this](QDialog& dialog) {
            QVERIFY(answer(dialog, "locked.key", "wrong").contains(QLatin1String("passphrase")));
            QVERIFY(dialog.findChild<QLineEdit*>(QStringLiteral("tlsPassphrase"))
                        ->text()
                        .isEmpty()); // it is not kept
            QCOMPARE(answer(dialog, "locked.key", "sesame"), QString());
        });
        QCOMPARE(rig.agent.certificates.size(), std::size_t{1});
        QVERIFY(!rig.agent.certificates.back().key.empty());
        QVERIFY(rig.agent.certificates.back().key.find("ENCRYPTED") == std::string::npos);
        QVERIFY(rig.steal()); // not a second time for the same steal
        QCOMPARE(rig.agent.certificates.size(), std::size_t{1});
    }

    void oldConnectionsEndOnlyWhenThatIsConfirmed()
    {
        Rig rig;
        rig.agent.oldOnes = 4;
        QVERIFY(rig.attach());
        QVERIFY(!rig.part<QPushButton>("endOld")->isVisible());
        QVERIFY(rig.steal());
        auto* button = rig.part<QPushButton>("endOld");
        QTRY_VERIFY(button->isVisible());
        QVERIFY(button->text().contains(QLatin1Char('4')));
        rig.inDialog("endOld", [](QDialog& dialog) {
            auto* box = qobject_cast<QMessageBox*>(&dialog);
            QVERIFY(box != nullptr);
            QVERIFY(box->informativeText().contains(QLatin1String("reset")));
            QCOMPARE(box->defaultButton(), box->button(QMessageBox::Cancel));
            box->button(QMessageBox::Cancel)->click();
        });
        QCOMPARE(rig.agent.oldEnded, std::uint16_t{0});
        rig.inDialog("endOld", [](QDialog& dialog) {
            dialog.findChild<QPushButton*>(QStringLiteral("endOldNow"))->click();
        });
        QCOMPARE(rig.agent.oldEnded, std::uint16_t{8080});
    }
};

QTEST_MAIN(TestStealTls)
#include "tst_steal_tls.moc"
