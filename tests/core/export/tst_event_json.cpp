// SPDX-License-Identifier: Apache-2.0
#include "core/export/base64.h"
#include "core/export/event_json.h"

#include <array>

#include <QTest>

using namespace podglass;
using exporting::Secrets;

class EventJsonTest : public QObject
{
    Q_OBJECT

private slots:
    void masksSecrets();
    void bytesThatAreNoText();
    void base64Vectors();
};

void EventJsonTest::masksSecrets()
{
    const std::array<flow::HeaderField, 4> fields{{{"authorization", "Bearer abc"},
                                                   {"Set-Cookie", "id=abc"},
                                                   {"X-API-Key", "abc"},
                                                   {"Accept", "*/*"}}};
    const std::string raw = "GET / HTTP/1.1\r\nauthorization: Bearer abc\r\n\r\n";
    flow::RequestHead head{{7}, "GET", "/", 11, 1 | 8, fields, bytes::asBytes(raw)};
    const flow::Event event{{1}, {2}, {3}, head};
    const nlohmann::json masked = exporting::toJson(event, Secrets::Masked);
    QCOMPARE(QByteArray::fromStdString(masked.dump()).contains("abc"), false);
    QCOMPARE(masked.at("fields")[1].at("value").get<std::string>(), std::string("***"));
    QCOMPARE(masked.at("fields")[3].at("value").get<std::string>(), std::string("*/*"));
    QCOMPARE(masked.at("version").get<std::string>(), std::string("1.1"));
    QCOMPARE(QByteArray::fromStdString(masked.at("flags").dump()),
             QByteArray("[\"ambiguous-framing\",\"joined-late\"]"));
    const nlohmann::json shown = exporting::toJson(event, Secrets::Revealed);
    QCOMPARE(shown.at("fields")[0].at("value").get<std::string>(), std::string("Bearer abc"));

    const flow::MessageEnd end{{7}, flow::Direction::ServerToClient, {}, 0, 0, fields};
    const nlohmann::json trailers = exporting::toJson({{1}, {2}, {3}, end}, Secrets::Masked);
    QCOMPARE(QByteArray::fromStdString(trailers.dump()).contains("abc"), false);
}

void EventJsonTest::bytesThatAreNoText()
{
    const flow::BodyData text{{1}, flow::Direction::ClientToServer, 0, bytes::asBytes("\xc3\xa9")};
    QCOMPARE(exporting::toJson({{}, {2}, {3}, text}, Secrets::Masked).at("text").get<std::string>(),
             std::string("\xc3\xa9"));
    const flow::BodyData data{{1}, flow::Direction::ClientToServer, 0, bytes::asBytes("\xff\x01")};
    const nlohmann::json object = exporting::toJson({{}, {2}, {3}, data}, Secrets::Masked);
    QVERIFY(!object.contains("text"));
    QCOMPARE(object.at("text_base64").get<std::string>(), std::string("/wE="));
    QVERIFY(!object.dump().empty()); // nlohmann throws on what is not UTF-8
}

// RFC 4648 10.
void EventJsonTest::base64Vectors()
{
    const std::array<std::pair<const char*, const char*>, 7> vectors{{{"", ""},
                                                                      {"f", "Zg=="},
                                                                      {"fo", "Zm8="},
                                                                      {"foo", "Zm9v"},
                                                                      {"foob", "Zm9vYg=="},
                                                                      {"fooba", "Zm9vYmE="},
                                                                      {"foobar", "Zm9vYmFy"}}};
    for (const auto& [plain, coded] : vectors)
        QCOMPARE(QByteArray::fromStdString(exporting::base64(bytes::asBytes(plain))),
                 QByteArray(coded));
}

QTEST_APPLESS_MAIN(EventJsonTest)
#include "tst_event_json.moc"
