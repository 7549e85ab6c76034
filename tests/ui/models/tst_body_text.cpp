// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/body_text.h"
#include "ui/models/exchange_detail.h"
#include "ui/models/format.h"
#include "ui/models/secrets.h"

#include <QProcess>
#include <QTest>

using namespace podglass::models;

class TestBodyText : public QObject
{
    Q_OBJECT

private slots:

    void indentsJsonWithoutTouchingValues()
    {
        const QByteArray json = "{\"b\":1.10,\"a\":[],\"a\":\"x,\\\"{\"}";
        QCOMPARE(indentJson(json),
                 QByteArray("{\n  \"b\": 1.10,\n  \"a\": [],\n  \"a\": \"x,\\\"{\"\n}"));
        QCOMPARE(indentJson("{\"cut\":[1"), QByteArray("{\n  \"cut\": [\n    1"));
    }

    void deepNestingStaysSmall()
    {
        QVERIFY(indentJson(QByteArray(100'000, '[')).size() < 20'000'000);
    }

    void longLinesAreCut()
    {
        const QString wrapped = hardWrapped(QString(5000, QLatin1Char('x')));
        for (const QString& line : wrapped.split(QLatin1Char('\n')))
            QVERIFY(line.size() <= wrapColumns);
        QCOMPARE(QString(wrapped).remove(QLatin1Char('\n')).size(), 5000);
    }

    // CVE-2021-42574: characters that turn the order of text around must be seen.
    void nothingOfAPeerActsOnTheText()
    {
        QCOMPARE(visible("a\x1b[31mb\r\n"), QStringLiteral("a\u241b[31mb\u240d\u240a"));
        QCOMPARE(visible("x\u202ey"), QStringLiteral("x\\u{202e}y"));
        QCOMPARE(visible("a\nb\tc", true), QStringLiteral("a\nb\tc"));
        QCOMPARE(visible(std::string_view("a\0b", 3)), QStringLiteral("a\u2400b"));
    }

    void secretsAreMasked()
    {
        QCOMPARE(masked(QStringLiteral("Authorization"), QStringLiteral("Bearer abc")),
                 QStringLiteral("Bearer ••••••••"));
        const QString head =
            maskedHead(QStringLiteral("GET / HTTP/1.1\nCookie: a=1;\n b=2\nX: 1\n"));
        QVERIFY(!head.contains(QStringLiteral("a=1")));
        QVERIFY(!head.contains(QStringLiteral("b=2")));
        QVERIFY(head.contains(QStringLiteral("X: 1")));
    }

    // What a shell makes of the command is what was meant: no substitution, no option, no file.
    void curlCommandsAreQuotedForTheShell()
    {
        ExchangeDetail detail;
        detail.method = QStringLiteral("POST");
        detail.url = QStringLiteral("http://h/a'$(touch x)`id`?q=[1-3]");
        detail.request.fields = {{QStringLiteral("X-A"), QStringLiteral("it's \"$HOME\"")},
                                 {QStringLiteral("Cookie"), QStringLiteral("secret")}};
        detail.request.body = "@/etc/passwd is not to be read\n'quoted' and \x1b[0m ends";
        QString command = curlCommand(detail, false);
        QVERIFY(!command.contains(QStringLiteral("secret")));
        command.replace(QStringLiteral("curl "), QStringLiteral("printf '%s\\0' "));
        QProcess shell;
        shell.start(QStringLiteral("bash"), {QStringLiteral("-c"), command});
        if (!shell.waitForStarted())
            QSKIP("bash is not here");
        QVERIFY(shell.waitForFinished());
        const QList<QByteArray> words = shell.readAllStandardOutput().split('\0');
        QCOMPARE(words.value(4), detail.url.toUtf8());
        QCOMPARE(words.value(6), QByteArray("X-A: it's \"$HOME\""));
        QVERIFY(words.contains("--data-raw"));
        QCOMPARE(words.value(10), detail.request.body);
    }

    void hexShowsOffsetsAndText()
    {
        QVERIFY(hexDump("hello\n").startsWith(QStringLiteral("00000000  68 65 6c 6c 6f 0a")));
        QVERIFY(hexDump("hello\n").endsWith(QStringLiteral("hello.\n")));
    }
};

QTEST_APPLESS_MAIN(TestBodyText)
#include "tst_body_text.moc"
