// SPDX-License-Identifier: Apache-2.0
// HAR files, read by another's parser: what is in them, what is masked, what is said to be missing.
#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> of GCC 12
#include "core/export/har_follower.h"

#include "tests/support/traffic.h"

#include <nlohmann/json.hpp>
#endif

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace podglass;
using exporting::Secrets;
using nlohmann::json;

namespace {

constexpr const char* canary = "c4n4ry";

using Fields = std::vector<std::pair<std::string, std::string>>;

// Entries are written in the order in which they end; tests look them up by their URL's end.
const json& entry(const json& log, const std::string& end)
{
    static const json none;
    for (const json& one : log.at("entries"))
        if (one.at("request").at("url").get<std::string>().ends_with(end))
            return one;
    return none;
}

} // namespace

class TestHar : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_files = 0;

    template <typename Feed>
    json logOf(Feed feed, Secrets secrets = Secrets::Masked, QByteArray* text = nullptr)
    {
        const QString path = m_folder.filePath(QStringLiteral("%1.har").arg(++m_files));
        auto file = io::NewFile::create(path.toStdString());
        if (!file)
            return {};
        exporting::HarWriter writer(std::move(*file), "1.0", secrets);
        exporting::HarFollower follower(writer);
        tests::Traffic traffic([&](const flow::Event& event) { follower.onEvent(event); });
        feed(traffic);
        if (!follower.finish())
            return {};
        QFile read(path);
        if (!read.open(QIODevice::ReadOnly))
            return {};
        const QByteArray whole = read.readAll();
        if (text != nullptr)
            *text = whole;
        return json::parse(whole.toStdString()).at("log");
    }

private slots:

    void headsBodiesAndTimes()
    {
        const json log = logOf([](auto& traffic) {
            traffic.open(1, 0);
            traffic.request({.at = 1'500,
                             .method = "POST",
                             .path = "/cart?a=1&b=x%20y+z&c",
                             .fields = {{"Host", "shop.example"}, {"Content-Type", "text/plain"}},
                             .body = "two pens"});
            traffic.response({.at = 1'504,
                              .status = 302,
                              .fields = {{"Location", "/paid"}, {"Content-Type", "text/html"}},
                              .body = "gr\u00fc\u00dfe"});
        });
        QCOMPARE(log.at("version").get<std::string>(), std::string("1.2"));
        QCOMPARE(log.at("creator").at("name").get<std::string>(), std::string("Podglass"));
        QCOMPARE(log.at("entries").size(), std::size_t{1});
        const json& one = log.at("entries")[0];
        QCOMPARE(one.at("startedDateTime").get<std::string>(),
                 std::string("1970-01-01T00:00:01.500000Z"));
        QCOMPARE(one.at("time").get<double>(), 4.0);
        QCOMPARE(one.at("timings").at("wait").get<double>(), 4.0);
        QCOMPARE(one.at("serverIPAddress").get<std::string>(), std::string("10.2.9.9"));
        const json& request = one.at("request");
        QCOMPARE(request.at("method").get<std::string>(), std::string("POST"));
        QCOMPARE(request.at("url").get<std::string>(),
                 std::string("http://shop.example/cart?a=1&b=x%20y+z&c"));
        QCOMPARE(request.at("httpVersion").get<std::string>(), std::string("HTTP/1.1"));
        const std::string query(
            "[{\"name\":\"a\",\"value\":\"1\"},{\"name\":\"b\",\"value\":\"x y z\"},"
            "{\"name\":\"c\",\"value\":\"\"}]");
        QCOMPARE(request.at("queryString").dump(), query);
        QCOMPARE(request.at("postData").at("text").get<std::string>(), std::string("two pens"));
        QCOMPARE(request.at("bodySize").get<int>(), 8);
        const json& response = one.at("response");
        QCOMPARE(response.at("status").get<int>(), 302);
        QCOMPARE(response.at("redirectURL").get<std::string>(), std::string("/paid"));
        QCOMPARE(response.at("content").at("text").get<std::string>(),
                 std::string("gr\u00fc\u00dfe"));
        QCOMPARE(response.at("content").at("mimeType").get<std::string>(),
                 std::string("text/html"));
    }

    // S14: wherever a secret could stand.
    void secretsAreMasked()
    {
        const auto feed = [](auto& traffic) {
            const std::string c(canary);
            traffic.open(1, 0);
            traffic.request({.fields = {{"Host", "h"},
                                        {"authorization", "Bearer " + c},
                                        {"Proxy-Authorization", "Basic " + c},
                                        {"COOKIE", "theme=" + c + "; s=" + c},
                                        {"x-API-key", c}}});
            traffic.response({.fields = {{"Set-Cookie", "id=" + c + "; Path=/a; HttpOnly"},
                                         {"Set-Cookie", "other=" + c + "; Secure"}}});
        };
        QByteArray text;
        const json log = logOf(feed, Secrets::Masked, &text);
        QVERIFY(!text.contains(canary));
        const json& one = log.at("entries").at(0);
        const std::string sent(
            "[{\"name\":\"theme\",\"value\":\"***\"},{\"name\":\"s\",\"value\":\"***\"}]");
        QCOMPARE(one.at("request").at("cookies").dump(), sent);
        const std::string set("{\"httpOnly\":true,\"name\":\"id\",\"path\":\"/a\",\"secure\":false,"
                              "\"value\":\"***\"}");
        QCOMPARE(one.at("response").at("cookies")[0].dump(), set);
        QVERIFY(log.at("comment").get<std::string>().find("masked") != std::string::npos);
        QByteArray shown;
        logOf(feed, Secrets::Revealed, &shown);
        QCOMPARE(shown.count(canary), 5 + 2 + 2 + 2); // twice where fields are cookies too
    }

    void bytesAreBase64AndCodingsUndone()
    {
        const std::string binary("\x00\xff\x01", 3);
        // printf hello | gzip -n
        const std::string packed("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcbH\xcd\xc9\xc9\x07\x00"
                                 "\x86\xa6\x10\x36\x05\x00\x00\x00",
                                 25);
        const json log = logOf([&](auto& traffic) {
            traffic.open(1, 0);
            traffic.request({.exchange = 1, .method = "PUT", .path = "/raw", .body = binary});
            traffic.response({.exchange = 1, .fields = {}, .body = binary});
            traffic.request({.exchange = 2, .path = "/gzip"});
            traffic.response(
                {.exchange = 2, .fields = {{"Content-Encoding", "gzip"}}, .body = packed});
            traffic.request({.exchange = 3, .path = "/lie"});
            traffic.response(
                {.exchange = 3, .fields = {{"Content-Encoding", "gzip"}}, .body = "no gzip"});
        });
        const json& raw = entry(log, "/raw");
        QCOMPARE(raw.at("response").at("content").at("encoding").get<std::string>(),
                 std::string("base64"));
        QCOMPARE(raw.at("response").at("content").at("text").get<std::string>(),
                 std::string("AP8B"));
        QCOMPARE(raw.at("request").at("postData").at("_encoding").get<std::string>(),
                 std::string("base64"));
        const json& gzip = entry(log, "/gzip").at("response");
        QCOMPARE(gzip.at("content").at("text").get<std::string>(), std::string("hello"));
        QCOMPARE(gzip.at("content").at("size").get<int>(), 5);
        QCOMPARE(gzip.at("content").at("compression").get<int>(), 5 - 25);
        QCOMPARE(gzip.at("bodySize").get<int>(), 25);
        const json& lie = entry(log, "/lie").at("response").at("content");
        QCOMPARE(lie.at("text").get<std::string>(), std::string("no gzip"));
        QVERIFY(lie.at("comment").get<std::string>().starts_with("gzip: "));
    }

    void whatIsMissingIsSaid()
    {
        const json log = logOf([](auto& traffic) {
            traffic.open(1, 0);
            traffic.request({.exchange = 1, .path = "/cut"});
            flow::ResponseHead head;
            head.exchange = {1};
            head.status = 200;
            traffic.tell(1, 2, head);
            traffic.tell(
                1,
                3,
                flow::BodyData{
                    {1}, flow::Direction::ServerToClient, 0, bytes::asBytes("first part")});
            flow::MessageEnd end;
            end.exchange = {1};
            end.direction = flow::Direction::ServerToClient;
            end.fate = flow::MessageFate::CutByGap;
            end.bodyBytes = 1'000;
            traffic.tell(1, 4, end);
            traffic.tell(1, 4, flow::Gap{flow::Direction::ServerToClient, 100, 990, {}});
            traffic.request({.exchange = 2, .path = "/silent"});
            traffic.tell(0, 5, flow::Lost{flow::LossPlace::Kernel, {}, 7, 0, 0});
        });
        const json& cut = entry(log, "/cut");
        QCOMPARE(cut.at("comment").get<std::string>(), std::string("a part of it was not seen"));
        const auto why = cut.at("response").at("content").at("comment").get<std::string>();
        QVERIFY2(why.starts_with("10 of 1000 bytes are here"), why.c_str());
        QCOMPARE(cut.at("response").at("content").at("size").get<int>(), 1'000);
        const json& silent = entry(log, "/silent");
        QCOMPARE(silent.at("response").at("status").get<int>(), 0);
        QCOMPARE(silent.at("comment").get<std::string>(), std::string("not over yet"));
        const auto comment = log.at("comment").get<std::string>();
        QVERIFY2(comment.find("1 gap of 990 bytes") != std::string::npos, comment.c_str());
        QVERIFY2(comment.find("1 place where something was lost") != std::string::npos,
                 comment.c_str());
        QVERIFY2(comment.find("1 body is not whole") != std::string::npos, comment.c_str());
    }

    void targetsOfEveryForm()
    {
        const json log = logOf([](auto& traffic) {
            traffic.open(1, 0);
            std::uint64_t exchange = 0;
            const auto send = [&](const char* method, const char* path, const Fields& fields) {
                traffic.request(
                    {.exchange = ++exchange, .method = method, .path = path, .fields = fields});
                traffic.response({.exchange = exchange});
            };
            send("GET", "http://other.example/whole", {{"Host", "h"}});
            send("OPTIONS", "*", {{"Host", "h"}});
            send("CONNECT", "db.example:5432", {});
            send("GET", "/old?u=http://x/", {});
        });
        QStringList urls;
        for (const json& one : log.at("entries"))
            urls << QString::fromStdString(one.at("request").at("url").get<std::string>());
        QCOMPARE(urls,
                 QStringList({QStringLiteral("http://other.example/whole"),
                              QStringLiteral("http://h/*"),
                              QStringLiteral("http://10.2.9.9:8080/old?u=http://x/"),
                              QStringLiteral("http://db.example:5432/")}));
    }

    // What is over is written and freed while more comes: the order is that of the ends.
    void longOnesHoldNobodyBack()
    {
        constexpr std::uint64_t many = 6'000;
        const json log = logOf([](auto& traffic) {
            traffic.open(1, 0);
            traffic.open(2, 0);
            traffic.request({.exchange = 1, .connection = 1, .path = "/long"});
            for (std::uint64_t i = 2; i <= many; ++i) {
                traffic.request({.exchange = i, .connection = 2, .path = "/short"});
                traffic.response({.exchange = i, .connection = 2});
            }
            traffic.response({.exchange = 1, .connection = 1, .body = "at last"});
        });
        QCOMPARE(log.at("entries").size(), std::size_t{many});
        // Those that ended about the same time as it may come behind it.
        for (std::size_t i = 0; i < many / 2; ++i)
            QVERIFY(log.at("entries")[i].at("request").at("url").get<std::string>().ends_with(
                "/short"));
        const json& last = entry(log, "/long");
        QCOMPARE(last.at("response").at("content").at("text").get<std::string>(),
                 std::string("at last"));
        QCOMPARE(log.at("comment").get<std::string>().find("dropped"), std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestHar)
#include "tst_har.moc"
