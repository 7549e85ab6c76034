// SPDX-License-Identifier: Apache-2.0
#include "core/export/printable.h"

#include <QTest>

using namespace podglass::exporting;

class TestPrintable : public QObject
{
    Q_OBJECT

private slots:

    void keepsOrdinaryText()
    {
        QCOMPARE(printable("GET /caf\u00e9?x=1 \u4e2d\U0001F600"),
                 "GET /caf\u00e9?x=1 \u4e2d\U0001F600");
    }

    // A title change, a bidirectional override, a C1 control, a zero-width space: all visible.
    void escapesWhatATerminalWouldObey()
    {
        QCOMPARE(printable("\x1b]0;x\x07"), "\\x1b]0;x\\x07");
        QCOMPARE(printable("a\u202eb"), "a\\u{202e}b");
        QCOMPARE(printable("\u009b2J"), "\\x9b2J");
        QCOMPARE(printable("a\u200bb"), "a\\u{200b}b");
        QCOMPARE(printable("a\r\n"), "a\\x0d\\x0a");
    }

    // Overlong, surrogate, too high, cut short (RFC 3629).
    void escapesWhatIsNotUtf8()
    {
        QCOMPARE(printable("\xc0\xaf"), "\\xc0\\xaf");
        QCOMPARE(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");
        QCOMPARE(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
        QCOMPARE(printable("\xe4\xb8"), "\\xe4\\xb8");
        QCOMPARE(validUtf8("a\xff"), "a\xef\xbf\xbd");
    }
};

QTEST_APPLESS_MAIN(TestPrintable)
#include "tst_printable.moc"
