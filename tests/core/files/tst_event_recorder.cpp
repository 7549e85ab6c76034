// SPDX-License-Identifier: Apache-2.0
// What is recorded of events, read again: the same connections, the same exchanges and messages,
// the same bytes where the protocol delivers them with their framing, the same holes.
#include "core/export/connection_report.h"
#include "core/export/message_text.h"
#include "core/files/event_recorder.h"
#include "core/files/file_source.h"
#include "core/store/store.h"

#include "tests/support/capture_play.h"
#include "tests/support/traffic.h"

#include <algorithm>
#include <functional>
#include <optional>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace podglass;

namespace {

const QString golden = QStringLiteral(PODGLASS_GOLDEN);

class Call : public flow::EventSink
{
public:
    explicit Call(std::function<void(const flow::Event&)> act)
        : m_act(std::move(act))
    {}

    void onEvent(const flow::Event& event) override { m_act(event); }

private:
    std::function<void(const flow::Event&)> m_act;
};

void play(const QString& path, bool streams, std::function<void(const flow::Event&)> act)
{
    Call sink(std::move(act));
    QVERIFY(tests::playCapture(path.toStdString(), sink, streams));
}

// One line a connection, one an exchange; with `streams` also the bytes on the wire.
QStringList reports(const QString& path, bool streams)
{
    QStringList lines;
    exporting::ConnectionReporter reporter(
        {[&](const exporting::ExchangeReport& report) {
             lines << QStringLiteral("%1 %2 %3 %4 %5")
                          .arg(QString::fromStdString(report.method),
                               QString::fromStdString(report.target))
                          .arg(report.status)
                          .arg(report.requestBodyBytes)
                          .arg(report.responseBodyBytes);
         },
         [&](const exporting::ConnectionReport& report) {
             QString line = QString::fromStdString(report.opened.client.text() + " "
                                                   + report.opened.server.text())
                            + QStringLiteral(" %1 %2 %3")
                                  .arg(static_cast<int>(report.protocol))
                                  .arg(report.opened.joinedLate)
                                  .arg(QString::fromStdString(report.alpn));
             for (const exporting::MessageReport& message : report.messages)
                 line += QStringLiteral(" [%1 %2 %3]")
                             .arg(message.bodyBytes)
                             .arg(QString::fromStdString(base::hex(message.bodySha256)))
                             .arg(static_cast<int>(message.fate));
             for (const exporting::StreamReport& stream : report.streams) {
                 for (const auto& [offset, length] : stream.gaps)
                     line += streams ? QStringLiteral(" gap %1+%2").arg(offset).arg(length)
                                     : QStringLiteral(" gap +%1").arg(length);
                 if (streams)
                     line += QStringLiteral(" %1 %2")
                                 .arg(stream.bytes)
                                 .arg(QString::fromStdString(base::hex(stream.sha256)));
             }
             lines << line;
         }});
    play(path, true, [&](const flow::Event& event) { reporter.onEvent(event); });
    lines.sort(); // connections that end at once end in any order
    return lines;
}

QStringList messages(const QString& path)
{
    store::Store kept;
    play(path, false, [&](const flow::Event& event) { kept.apply(event); });
    QStringList lines;
    exporting::writeMessages(
        kept, [&](const std::string& line) { lines << QString::fromStdString(line); });
    return lines;
}

std::vector<std::string> comments(const QString& path)
{
    std::vector<std::string> all;
    auto source = files::FileSource::open(path.toStdString());
    if (!source)
        return all;
    for (;;) {
        const auto packet = source->next();
        if (!packet || !packet->has_value())
            return all;
        if (!(*packet)->comment.empty())
            all.push_back((*packet)->comment);
    }
}

// Writes what `feed` tells.
files::RecorderFigures record(const QString& path,
                              const std::function<void(flow::EventSink&)>& feed)
{
    auto writer = files::PcapngWriter::create(
        path.toStdString(), "test", files::EventRecorder::fileComment());
    if (!writer || !writer->addInterface(capture::LinkType::Ethernet, "made"))
        return {};
    files::EventRecorder recorder(*writer);
    feed(recorder);
    if (!recorder.finish({}) || !writer->finish())
        return {};
    return recorder.figures();
}

} // namespace

class TestEventRecorder : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    QString path(const QString& name) const { return m_folder.filePath(name); }

private slots:

    void whatIsReadAgainIsTheSame_data()
    {
        QTest::addColumn<QString>("capture");
        QTest::addColumn<bool>("framed"); // the framing comes with the events
        for (const char* name : {"http/nginx-curl",
                                 "http/joined-late",
                                 "peers/tls",
                                 "peers/proxy",
                                 "peers/websocket",
                                 "peers/websocket-deflate"})
            QTest::newRow(name) << golden + '/' + name + "/input.pcap" << true;
        for (const char* name : {"http/short-snaplen", // has chunks
                                 "http2/nghttp-curl-nginx",
                                 "peers/grpc",
                                 "peers/events",
                                 "peers/codings"})
            QTest::newRow(name) << golden + '/' + name + "/input.pcap" << false;
        const QDir kernel(golden + "/kernel");
        for (const QString& name : kernel.entryList({QStringLiteral("*.pcap")}))
            QTest::newRow(qPrintable(name)) << kernel.filePath(name) << true;
    }

    void whatIsReadAgainIsTheSame()
    {
        QFETCH(QString, capture);
        QFETCH(bool, framed);
        const QString made = path(QStringLiteral("made%1.pcapng").arg(qHash(capture)));
        const auto figures = record(made, [&](flow::EventSink& sink) {
            play(capture, false, [&](const flow::Event& event) { sink.onEvent(event); });
        });
        QVERIFY(figures.packets > 0);
        QCOMPARE(figures.notDelivered, std::uint64_t{0});
        const QStringList read = reports(made, framed);
        const QStringList seen = reports(capture, framed);
        for (qsizetype i = 0; i < std::min(read.size(), seen.size()); ++i)
            QCOMPARE(read[i].split(' '), seen[i].split(' ')); // says which word differs
        QCOMPARE(read.size(), seen.size());
        // Conflicts come back in their number, not all at the moment they were found.
        if (!capture.contains(QLatin1String("/kernel/")))
            QCOMPARE(messages(made), messages(capture));
    }

    // Gaps of each kind come back as that kind, at their place.
    void holesKeepTheirKind()
    {
        const QString made = path(QStringLiteral("holes.pcapng"));
        const std::vector<flow::Gap> gaps{
            {flow::Direction::ServerToClient, 4, 2'000, flow::GapKind::Capture},
            {flow::Direction::ServerToClient, 2'008, 300, flow::GapKind::Truncated},
            {flow::Direction::ClientToServer, 4, 70'000, flow::GapKind::Network}};
        const auto figures = record(made, [&](flow::EventSink& sink) {
            tests::Traffic traffic([&](const flow::Event& event) { sink.onEvent(event); });
            open(traffic, flow::Protocol::Raw);
            stream(traffic, flow::Direction::ClientToServer, 0, "abcd");
            stream(traffic, flow::Direction::ServerToClient, 0, "ABCD");
            traffic.tell(1, 3, gaps[0]);
            stream(traffic, flow::Direction::ServerToClient, 2'004, "EFGH");
            traffic.tell(1, 4, gaps[1]);
            stream(traffic, flow::Direction::ServerToClient, 2'308, "IJKL");
            traffic.tell(1, 5, gaps[2]);
            stream(traffic, flow::Direction::ClientToServer, 70'004, "efgh");
            flow::ConnectionClosed closed;
            closed.streamBytes = {70'008, 2'312};
            traffic.tell(1, 9, closed);
        });
        QCOMPARE(figures.missingBytes, std::uint64_t{72'300});
        QCOMPARE(figures.notDelivered, std::uint64_t{0});
        std::vector<flow::Gap> read;
        play(made, false, [&](const flow::Event& event) {
            if (const auto* gap = std::get_if<flow::Gap>(&event.body))
                read.push_back(*gap);
        });
        QCOMPARE(read.size(), gaps.size());
        for (const flow::Gap& gap : gaps)
            QVERIFY(std::ranges::any_of(read, [&](const flow::Gap& other) {
                return other.direction == gap.direction && other.offset == gap.offset
                       && other.length == gap.length && other.kind == gap.kind;
            }));
        const auto said = comments(made);
        QVERIFY(std::ranges::any_of(said, [](const std::string& text) {
            return text
                   == "70000 bytes to the server are missing here: "
                      "never seen, never acknowledged";
        }));
    }

    void conflictsComeBackWithBothVersions()
    {
        const QString made = path(QStringLiteral("conflict.pcapng"));
        record(made, [&](flow::EventSink& sink) {
            tests::Traffic traffic([&](const flow::Event& event) { sink.onEvent(event); });
            open(traffic, flow::Protocol::Raw);
            const std::string dropped = "xyz";
            flow::Anomaly anomaly;
            anomaly.kind = flow::AnomalyKind::OverlapConflict;
            anomaly.offset = 1;
            anomaly.length = 3;
            anomaly.dropped = bytes::asBytes(dropped);
            traffic.tell(1, 2, anomaly); // before the bytes it is about
            stream(traffic, flow::Direction::ClientToServer, 0, "abcdef");
            traffic.tell(1, 9, flow::ConnectionClosed{flow::CloseReason::Finished, {}, {6, 0}});
        });
        std::string kept;
        std::string dropped;
        play(made, false, [&](const flow::Event& event) {
            const auto* anomaly = std::get_if<flow::Anomaly>(&event.body);
            if (anomaly != nullptr && anomaly->kind == flow::AnomalyKind::OverlapConflict) {
                kept = bytes::asText(anomaly->kept);
                dropped = bytes::asText(anomaly->dropped);
            }
        });
        QCOMPARE(kept, std::string("bcd"));
        QCOMPARE(dropped, std::string("xyz"));
        QVERIFY(comments(made).front().starts_with("conflict: 3 bytes to the server at byte 1"));
    }

    // What the agent saw and did not send is a hole of its length, and said to be one.
    void whatWasNotDeliveredIsAHole()
    {
        const QString made = path(QStringLiteral("limit.pcapng"));
        const auto figures = record(made, [&](flow::EventSink& sink) {
            tests::Traffic traffic([&](const flow::Event& event) { sink.onEvent(event); });
            open(traffic, flow::Protocol::Http1);
            traffic.request({.path = "/big"});
            response(
                traffic, 1, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "0123456789", 1000);
            traffic.request({.exchange = 2, .path = "/after"});
            response(traffic, 2, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "ok", 2);
            traffic.tell(1, 9, flow::ConnectionClosed{});
        });
        QCOMPARE(figures.notDelivered, std::uint64_t{990});
        const QStringList lines = reports(made, false);
        QVERIFY2(lines.contains(QStringLiteral("GET /big 200 0 1000")),
                 qPrintable(lines.join('|')));
        QVERIFY2(lines.contains(QStringLiteral("GET /after 200 0 2")), qPrintable(lines.join('|')));
        QVERIFY(lines.join(QLatin1Char('|')).contains(QStringLiteral("gap +990")));
        QVERIFY(std::ranges::any_of(comments(made), [](const std::string& text) {
            return text.find("990 bytes to the client of a body were observed and not delivered")
                   != std::string::npos;
        }));
    }

    void lossIsSaid()
    {
        const QString made = path(QStringLiteral("lost.pcapng"));
        const auto figures = record(made, [&](flow::EventSink& sink) {
            tests::Traffic traffic([&](const flow::Event& event) { sink.onEvent(event); });
            open(traffic, flow::Protocol::Raw);
            stream(traffic, flow::Direction::ClientToServer, 0, "abcd");
            flow::Lost lost;
            lost.place = flow::LossPlace::Budget;
            lost.bytes = 500;
            traffic.tell(1, 3, lost);
            stream(traffic, flow::Direction::ClientToServer, 504, "efgh");
            traffic.tell(1, 9, flow::ConnectionClosed{flow::CloseReason::Finished, {}, {508, 0}});
            traffic.tell(0, 9, flow::Lost{flow::LossPlace::Kernel, {}, 7, 0, 0});
        });
        QCOMPARE(figures.notDelivered, std::uint64_t{500});
        QCOMPARE(figures.kernelDrops, std::uint64_t{7});
        QVERIFY(
            reports(made, true).join(QLatin1Char('|')).contains(QStringLiteral("gap 4+500 8 ")));
        QVERIFY(std::ranges::any_of(comments(made), [](const std::string& text) {
            return text.find("lost by this client's own wish") != std::string::npos;
        }));
    }

    void addressesAndTagsAreTheTrueOnes()
    {
        flow::ConnectionOpened opened;
        opened.client.address = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7};
        opened.client.port = 40'000;
        opened.server = opened.client;
        opened.server.address.back() = 9;
        opened.server.port = 8080;
        opened.vlans = {100, 7};
        const QString made = path(QStringLiteral("six.pcapng"));
        record(made, [&](flow::EventSink& sink) {
            tests::Traffic traffic([&](const flow::Event& event) { sink.onEvent(event); });
            traffic.tell(1, 1, opened);
            stream(traffic, flow::Direction::ClientToServer, 0, std::string(200'000, 'x'));
        });
        std::optional<flow::ConnectionOpened> read;
        std::size_t bytes = 0;
        play(made, false, [&](const flow::Event& event) {
            if (const auto* body = std::get_if<flow::ConnectionOpened>(&event.body))
                read = *body;
            if (const auto* data = std::get_if<flow::StreamData>(&event.body))
                bytes += data->data.size();
        });
        QVERIFY(read);
        QCOMPARE(read->client.text(), opened.client.text());
        QCOMPARE(read->server.text(), opened.server.text());
        QVERIFY(read->vlans == opened.vlans);
        QVERIFY(!read->joinedLate);
        QCOMPARE(bytes, std::size_t{200'000});
        QCOMPARE(comments(made).back(), std::string("still open when recording ended"));
    }

private:
    template <typename Traffic>
    static void open(Traffic& traffic, flow::Protocol protocol)
    {
        flow::ConnectionOpened opened;
        opened.client = flow::Endpoint::v4(0x0a020107, 40'000);
        opened.server = flow::Endpoint::v4(0x0a020909, 8080);
        traffic.tell(1, 0, opened);
        traffic.tell(1, 0, flow::ProtocolDetected{protocol, {}});
    }

    template <typename Traffic>
    static void
    stream(Traffic& traffic, flow::Direction side, std::uint64_t offset, const std::string& data)
    {
        traffic.tell(1, 1, flow::StreamData{side, offset, bytes::asBytes(data)});
    }

    template <typename Traffic>
    static void response(Traffic& traffic,
                         std::uint64_t exchange,
                         const std::string& raw,
                         const std::string& body,
                         std::uint64_t whole)
    {
        flow::ResponseHead head;
        head.exchange = {exchange};
        head.status = 200;
        head.raw = bytes::asBytes(raw);
        traffic.tell(1, 5, head);
        constexpr auto side = flow::Direction::ServerToClient;
        traffic.tell(1, 5, flow::BodyData{{exchange}, side, 0, bytes::asBytes(body)});
        flow::MessageEnd end;
        end.exchange = {exchange};
        end.direction = side;
        end.bodyBytes = whole;
        end.bodyBytesWithheld = whole - body.size();
        traffic.tell(1, 6, end);
    }
};

QTEST_GUILESS_MAIN(TestEventRecorder)
#include "tst_event_recorder.moc"
