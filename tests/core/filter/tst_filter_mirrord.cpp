// SPDX-License-Identifier: Apache-2.0
#include "core/filter/mirrord_import.h"

#include "tests/core/filter/sample.h"

#include <QTest>

using namespace podglass;
using filter::importMirrord;

class TestFilterMirrord : public QObject
{
    Q_OBJECT

    // The tables write ' for ", which reads better.
    static QString quoted(const char* text) { return QString(text).replace('\'', '"'); }

private slots:

    void idioms_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("notes");
        const auto row = [](const char* json, const char* text, int notes) {
            QTest::newRow(json) << quoted(json) << quoted(text) << notes;
        };
        row("{'header_filter': '^x-user: qa-7$'}", "header 'x-user' is 'qa-7'", 0);
        row("{'header_filter': '^x\\\\-user:\\\\s*qa'}", "header 'x-user' starts with 'qa'", 0);
        row("{'header_filter': '^x-user: .*qa.*'}", "header 'x-user' contains 'qa'", 0);
        row("{'header_filter': '^x-user: [a-f]+'}", "header 'x-user' matches /^[a-f]+/", 0);
        row("{'header_filter': '^x-user: shop\\\\.test$'}", "header 'x-user' is 'shop.test'", 0);
        row("{'header_filter': 'x-user: qa'}", "header 'x-user' starts with 'qa'", 1);
        row("{'header_filter': '^x-user:'}", "header 'x-user' exists", 0);
        // The filter of incident mirrord#3255, and its like.
        row("{'header_filter': '^User-Agent: (?!kube-probe)'}",
            "header 'User-Agent' exists and not (header 'User-Agent' starts with 'kube-probe')",
            1);
        row("{'header_filter': '^User-Agent: (?!.*probe).*$'}",
            "header 'User-Agent' exists and not (header 'User-Agent' contains 'probe')",
            1);
        row("{'header_filter': '^x-user: (?!qa-0)qa'}",
            "header 'x-user' starts with 'qa' and not (header 'x-user' starts with 'qa-0')",
            0);
        row("{'header_filter': '^(?!x-foo)'}", "not (header 'x-foo' exists)", 1);
        row("{'path_filter': '^'}", "path starts with '/'", 0);
        row("{'path_filter': '^(?!/health)'}", "not (path starts with '/health')", 0);
        row("{'path_filter': '^/api$'}", "path is '/api'", 0);
        row("{'path_filter': 'cart'}", "path contains 'cart'", 0);
        row("{'method_filter': 'PURGE'}", "method is 'PURGE'", 0);
        row("{'all_of': [{'header': '^a: b'}, {'path': '^/c'}, {'method': 'GET'}]}",
            "header 'a' starts with 'b' and path starts with '/c' and method is 'GET'",
            0);
        row("{'any_of': [{'path': '^/a$'}, {'path': '^/b$'}], 'ports': [80]}",
            "path is '/a' or path is '/b'",
            1);
        row("{'feature': {'network': {'incoming': {'mode': 'steal', // comment\n "
            "'http_filter': {'path_filter': '^/a$'}}}}}",
            "path is '/a'",
            0);
        row("{'all_of': [{'path': '^/a$'}, {'body': {'body': 'json'}}]}", "path is '/a'", 1);
    }

    void idioms()
    {
        QFETCH(QString, json);
        QFETCH(QString, text);
        QFETCH(int, notes);
        const auto result = importMirrord(json.toStdString());
        QVERIFY2(result, result ? "" : result.error().text().c_str());
        const QString printed = QString::fromStdString(filter::print(result.value().filter));
        QCOMPARE(printed, text);
        QCOMPARE(static_cast<int>(result.value().notes.size()), notes);
        QVERIFY(filter::CompiledFilter::compile(result.value().filter, filter::Use::Steal));
    }

    void refusals_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("why");
        const auto row = [](const char* json, const char* why) {
            QTest::newRow(json) << quoted(json) << why;
        };
        row("", "not a JSON object");
        row("[1]", "not a JSON object");
        row("{}", "nothing in it");
        row("{'header_filter': ''}", "not empty");
        row("{'header_filter': 7}", "not empty");
        row("{'all_of': []}", "at least one");
        row("{'header_filter': 'session=abc'}", "does not begin with a header name");
        row("{'header_filter': '^a: (b'}", "never closed");
        row("{'header_filter': '^a: (?!b'}", "never closed");
        row("{'header_filter': '^a: b(?=c)'}", "look-ahead");
        row("{'path_filter': '^/api\\\\?x=1'}", "query");
    }

    void refusals()
    {
        QFETCH(QString, json);
        QFETCH(QString, why);
        const auto result = importMirrord(json.toStdString());
        QVERIFY(!result);
        QVERIFY2(QString::fromStdString(result.error().what).contains(why),
                 result.error().what.c_str());
    }

    // A part that is lost must be named: what is left may take more than mirrord did.
    void lostPartsAreNamed()
    {
        const auto result = importMirrord(
            quoted("{'all_of': [{'path': '^/a$'}, {'header_jq': '.x'}]}").toStdString());
        QVERIFY(result);
        QCOMPARE(result.value().notes.size(), std::size_t{1});
        QVERIFY(result.value().notes[0].lost);
        QCOMPARE(result.value().notes[0].item, "all_of 2, header_jq");
    }
};

QTEST_APPLESS_MAIN(TestFilterMirrord)
#include "tst_filter_mirrord.moc"
