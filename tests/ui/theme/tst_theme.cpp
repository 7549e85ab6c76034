// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/icon_label.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QTest>

using namespace podglass::theme;

class TestTheme : public QObject
{
    Q_OBJECT

private:
    static void readable(Scheme scheme, Role text, Role behind, double least)
    {
        const double ratio = contrast(color(scheme, text), color(scheme, behind));
        QVERIFY2(ratio >= least,
                 qPrintable(QStringLiteral("scheme %1: role %2 on role %3 has %4:1")
                                .arg(int(scheme))
                                .arg(int(text))
                                .arg(int(behind))
                                .arg(ratio, 0, 'f', 2)));
    }

private slots:

    void contrastIsThatOfTheStandard()
    {
        QCOMPARE(qRound(contrast(Qt::black, Qt::white)), 21);
        QCOMPARE(qRound(contrast(Qt::red, Qt::red)), 1);
    }

    void everyTextIsReadable_data()
    {
        QTest::addColumn<int>("scheme");
        QTest::newRow("light") << int(Scheme::Light);
        QTest::newRow("dark") << int(Scheme::Dark);
    }

    void everyTextIsReadable()
    {
        QFETCH(int, scheme);
        const auto which = static_cast<Scheme>(scheme);
        for (const Role text : {Role::Text,
                                Role::Muted,
                                Role::Accent,
                                Role::Neutral,
                                Role::Success,
                                Role::Redirect,
                                Role::Warning,
                                Role::Failure,
                                Role::Steal,
                                Role::Loss})
            for (const Role behind : {Role::Window,
                                      Role::Panel,
                                      Role::Base,
                                      Role::Alternate,
                                      Role::Hover,
                                      Role::Selection,
                                      Role::SelectionInactive})
                readable(which, text, behind, 4.5);
        readable(which, Role::AccentText, Role::AccentFill, 4.5);
        readable(which, Role::Success, Role::SuccessFill, 4.5);
        readable(which, Role::Warning, Role::WarningFill, 4.5);
        readable(which, Role::Failure, Role::FailureFill, 4.5);
        readable(which, Role::Steal, Role::StealFill, 4.5);
        readable(which, Role::Loss, Role::LossFill, 4.5);
        for (const Role fill : {Role::StealFill, Role::LossFill, Role::InfoFill, Role::WarningFill})
            readable(which, Role::Text, fill, 7.0);
        readable(which, Role::StealEdge, Role::Base, 3.0);
        for (const Role series : seriesRoles)
            readable(which, series, Role::Base, 3.0);
    }

    void paletteTellsItsScheme()
    {
        QCOMPARE(schemeOf(paletteFor(Scheme::Light)), Scheme::Light);
        QCOMPARE(schemeOf(paletteFor(Scheme::Dark)), Scheme::Dark);
    }

    void styleSheetNamesNoUnknownColour()
    {
        for (const Scheme scheme : {Scheme::Light, Scheme::Dark}) {
            const QString sheet = styleSheetFor(scheme);
            QVERIFY2(!sheet.contains(QLatin1Char('$')), qPrintable(sheet));
        }
    }

    void choiceIsApplied()
    {
        Theme theme(*qobject_cast<QApplication*>(QCoreApplication::instance()));
        theme.setChoice(Choice::Dark);
        QCOMPARE(schemeOf(QApplication::palette()), Scheme::Dark);
        const QImage dark = icon(QStringLiteral("mirror")).pixmap(32, 32).toImage();
        theme.setChoice(Choice::Light);
        QCOMPARE(schemeOf(QApplication::palette()), Scheme::Light);
        const QImage light = icon(QStringLiteral("mirror")).pixmap(32, 32).toImage();
        QVERIFY(!dark.isNull());
        QVERIFY(dark != light);
        QVERIFY(icon(QStringLiteral("no such icon")).isNull());
        // A picture of it follows too.
        IconLabel label;
        label.setIcon(icon(QStringLiteral("mirror")), 32);
        QCOMPARE(label.pixmap().toImage(), light);
        theme.setChoice(Choice::Dark);
        QTRY_COMPARE(label.pixmap().toImage(), dark);
        QVERIFY(!applicationIcon().pixmap(64, 64).isNull());
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
