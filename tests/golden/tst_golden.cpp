// SPDX-License-Identifier: Apache-2.0
// podglassctl as a user runs it, over recorded captures: http/<case>/input.pcap (http2 likewise)
// must give expected.txt and expected.jsonl to the letter; kernel/*.pcap what the receiving
// application read.
#include <nlohmann/json.hpp>

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using nlohmann::json;

namespace {

const QString golden = QStringLiteral(GOLDEN);

struct Run
{
    int status = -1;
    QByteArray out;
    QByteArray errors;
};

Run ctl(const QStringList& arguments, const QByteArray& input = {})
{
    QProcess process;
    process.start(QStringLiteral(PODGLASSCTL), arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished())
        return {};
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
            process.readAllStandardOutput(),
            process.readAllStandardError()};
}

QByteArray contents(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// True where the stream that the sender of `truth` sent is what the application read; an
// application stops reading at the first hole.
bool agrees(const json& connection, const json& truth)
{
    const json& side = connection.at(connection.at("a") == truth.at("a") ? "ab" : "ba");
    const json& gaps = side.at("gaps");
    if (!gaps.empty())
        return gaps[0][0] == truth.at("app_bytes");
    return side.at("bytes") == truth.at("app_bytes")
           && (truth.at("app_bytes") == 0 || side.at("sha256") == truth.at("app_sha256"));
}

} // namespace

class GoldenTest : public QObject
{
    Q_OBJECT

private slots:
    void http_data();
    void http();
    void kernelTruth();
    void cutFile();
    void notACapture();
    void hostileText();
    void filterTest();
    void filterTestTellsWhatStealingRefuses();
};

void GoldenTest::http_data()
{
    QTest::addColumn<QString>("folder");
    for (const char* kind : {"/http", "/http2"}) {
        const QDir cases(golden + kind);
        for (const QString& name : cases.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
            QTest::newRow(qPrintable(name)) << cases.filePath(name);
    }
}

void GoldenTest::http()
{
    QFETCH(QString, folder);
    const QString input = folder + "/input.pcap";
    const Run text = ctl({"read", input});
    QCOMPARE(text.status, 0);
    QCOMPARE(text.out, contents(folder + "/expected.txt"));
    const Run lines = ctl({"read", "--json", input});
    QCOMPARE(lines.status, 0);
    QCOMPARE(lines.out, contents(folder + "/expected.jsonl"));
    const Run events = ctl({"read", "--events", input});
    QVERIFY(!events.out.contains("Bearer"));
    const Run revealed = ctl({"read", "--events", "--reveal", input});
    QCOMPARE(revealed.out.contains("Bearer secret"), events.out.contains("***"));
}

void GoldenTest::kernelTruth()
{
    int hostile = 0;
    int hostileExact = 0;
    const QByteArray truths = contents(golden + "/kernel/truth.jsonl");
    for (const QByteArray& line : truths.split('\n')) {
        if (line.isEmpty())
            continue;
        const json truth = json::parse(line.toStdString());
        const QString capture = QString::fromStdString(truth.at("pcap"));
        const Run run = ctl({"read", "--json", golden + "/" + capture});
        QCOMPARE(run.status, 0);
        const json connection = json::parse(run.out.split('\n').first().toStdString());
        const bool exact = agrees(connection, truth);
        if (truth.at("gate") == "yes")
            QVERIFY2(exact, qPrintable(capture));
        hostile += truth.at("gate") == "share" ? 1 : 0;
        hostileExact += truth.at("gate") == "share" && exact ? 1 : 0;
    }
    QVERIFY(hostile > 0);
    QVERIFY2(hostileExact * 10 >= hostile * 9, qPrintable(QString::number(hostileExact)));
}

void GoldenTest::cutFile()
{
    const QByteArray whole = contents(golden + "/http/nginx-curl/input.pcap");
    QTemporaryDir folder;
    QFile cut(folder.filePath("cut.pcap"));
    QVERIFY(cut.open(QIODevice::WriteOnly));
    cut.write(whole.left(whole.size() / 2));
    cut.close();
    const Run run = ctl({"read", cut.fileName()});
    QCOMPARE(run.status, 1);
    QVERIFY2(run.errors.startsWith("podglassctl: "), run.errors.constData());
    QVERIFY2(run.out.contains("GET /file.txt  200"), run.out.constData());
}

void GoldenTest::notACapture()
{
    const Run run = ctl({"read", golden + "/CMakeLists.txt"});
    QCOMPARE(run.status, 1);
    QVERIFY(run.out.isEmpty());
    QVERIFY2(run.errors.contains("CMakeLists.txt"), run.errors.constData());
    QCOMPARE(ctl({"read", golden + "/none.pcap"}).status, 1);
}

void GoldenTest::hostileText()
{
    QTemporaryDir folder;
    QFile request(folder.filePath("request"));
    QVERIFY(request.open(QIODevice::WriteOnly));
    request.write("GET /\x1b]0;owned\x07 HTTP/1.1\r\nHost: a\r\n\r\n");
    request.close();
    const Run run =
        ctl({"filter", "test", "--filter", "path is x", "--request", request.fileName()});
    QCOMPARE(run.status, 0);
    QVERIFY2(run.out.contains("\\x1b"), run.out.constData());
    QVERIFY(!run.out.contains('\x1b'));
}

void GoldenTest::filterTest()
{
    const Run run = ctl({"filter", "test", "--filter", "header \"x-user-id\" is \"qa-7\""},
                        "{\"headers\":{\"X-User-Id\":\"qa-7\"}}\n{\"headers\":[[\"a\",\"b\"]]}\n");
    QCOMPARE(run.status, 0);
    const QList<QByteArray> lines = run.out.split('\n');
    QCOMPARE(lines.size(), 3);
    QCOMPARE(json::parse(lines[0].toStdString()).at("match").get<bool>(), true);
    QCOMPARE(json::parse(lines[1].toStdString()).at("match").get<bool>(), false);
    const Run wrong = ctl({"filter", "test", "--filter", "nonsense"}, "{}\n");
    QCOMPARE(wrong.status, 1);
    QVERIFY2(wrong.errors.contains("character 1"), wrong.errors.constData());
    QCOMPARE(ctl({"filter", "test", "--filter", ""}, "[]\n").status, 1);
    QVERIFY2(run.errors.isEmpty(), run.errors.constData());
}

// A filter that looks at the response is good for viewing; stealing decides before there is one.
void GoldenTest::filterTestTellsWhatStealingRefuses()
{
    const QByteArray request = "{\"status\":503}\n";
    const Run viewing = ctl({"filter", "test", "--filter", "status > 499"}, request);
    QCOMPARE(viewing.status, 0);
    QVERIFY2(viewing.out.contains("\"match\":true"), viewing.out.constData());
    QVERIFY2(viewing.errors.contains("stealing refuses"), viewing.errors.constData());
    const Run stealing = ctl({"filter", "test", "--steal", "--filter", "status > 499"}, request);
    QCOMPARE(stealing.status, 1);
    QVERIFY(stealing.out.isEmpty());
    QVERIFY2(stealing.errors.startsWith("podglassctl: "), stealing.errors.constData());
}

QTEST_GUILESS_MAIN(GoldenTest)
#include "tst_golden.moc"
