// SPDX-License-Identifier: Apache-2.0
// What JsonText writes, read by another's parser.
#include "core/export/json_text.h"

#include <limits>
#include <nlohmann/json.hpp>

#include <QTest>

using namespace podglass;
using exporting::JsonText;

class TestJsonText : public QObject
{
    Q_OBJECT

private slots:

    void everyByteOfATextComesBack()
    {
        for (unsigned code = 0; code < 0x80; ++code) {
            const std::string text = {'a', static_cast<char>(code), 'z'};
            std::string out;
            JsonText(out).value(text);
            QCOMPARE(nlohmann::json::parse(out).get<std::string>(), text);
        }
        const std::string wide = "h\u00e9 \u4e16 \U0001f600 \"quoted\" \\";
        std::string out;
        JsonText(out).value(wide);
        QCOMPARE(nlohmann::json::parse(out).get<std::string>(), wide);
    }

    void whatIsNoUtf8IsReplaced()
    {
        std::string out;
        JsonText(out).value(std::string_view("a\xff\xc3\"\xed\xa0\x80"));
        const auto read = nlohmann::json::parse(out).get<std::string>();
        QVERIFY(read.starts_with("a\ufffd\ufffd\""));
    }

    void nestingAndCommas()
    {
        std::string out;
        JsonText json(out);
        json.beginObject();
        json.key("none");
        json.beginArray();
        json.endArray();
        json.key("some");
        json.beginArray();
        json.value(1);
        json.beginObject();
        json.endObject();
        json.beginArray();
        json.value(true);
        json.value(nullptr);
        json.endArray();
        json.endArray();
        json.member("a \"name\"", "text");
        json.key("ms");
        json.decimal(1.25, 3);
        json.endObject();
        const std::string wanted(
            "{\"none\":[],\"some\":[1,{},[true,null]],\"a \\\"name\\\"\":\"text\","
            "\"ms\":1.250}");
        QCOMPARE(out, wanted);
    }

    void numbersToTheirEnds()
    {
        std::string out;
        JsonText json(out);
        json.beginArray();
        json.value(std::numeric_limits<std::int64_t>::min());
        json.value(std::numeric_limits<std::uint64_t>::max());
        json.value(std::uint16_t{65535});
        json.endArray();
        QCOMPARE(out, std::string("[-9223372036854775808,18446744073709551615,65535]"));
    }
};

QTEST_GUILESS_MAIN(TestJsonText)
#include "tst_json_text.moc"
