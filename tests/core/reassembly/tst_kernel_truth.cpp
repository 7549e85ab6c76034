// SPDX-License-Identifier: Apache-2.0
// 117 captures of hand-made segments, and what a Linux 6.18 receiver's application read of each
// (tests/golden/kernel). Where nothing depends on chance the streams must be equal; where segments
// contradict each other and the kernel's own merging decides, nine in ten; every conflict is named.
#include "core/files/file_source.h"
#include "core/reassembly/tracker.h"

#include "tests/support/stream_recorder.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include <QTest>

using namespace podglass;

namespace {

const std::string folder = KERNEL_CAPTURES;

struct Truth
{
    std::string capture;
    std::string gate;
    std::string note;
    std::string text;
    std::string sender; // "IP|PORT"
    std::uint64_t length = 0;
    bool conflict = false;
};

std::vector<Truth> readTruths()
{
    std::vector<Truth> truths;
    std::ifstream file(folder + "/truth.jsonl");
    for (std::string line; std::getline(file, line);) {
        const auto json = nlohmann::json::parse(line);
        std::string name = json.at("pcap");
        truths.push_back({name.substr(name.find('/') + 1),
                          json.at("gate"),
                          json.at("note"),
                          json.value("app_text", ""),
                          json.at("a"),
                          json.at("app_bytes"),
                          json.at("conflicting_overlap")});
    }
    return truths;
}

std::string nameOf(const flow::Endpoint& endpoint)
{
    return endpoint.addressText() + "|" + std::to_string(endpoint.port);
}

std::shared_ptr<support::RecordedConnection> replay(const std::string& capture)
{
    support::StreamRecorder recorder;
    base::Ids ids;
    reassembly::Tracker tracker(recorder, ids, reassembly::TrackerOptions::file());
    auto file = files::FileSource::open(folder + "/" + capture);
    if (!file)
        return nullptr;
    while (true) {
        const auto packet = file->next();
        if (!packet || !*packet)
            break;
        tracker.onPacket(**packet);
    }
    tracker.finish();
    return recorder.connections.size() == 1 ? recorder.connections.front() : nullptr;
}

const support::RecordedStream& sentBy(const support::RecordedConnection& connection,
                                      const std::string& sender)
{
    return nameOf(connection.opened.client) == sender ? connection.client() : connection.server();
}

// The application stops reading at the first hole.
bool isExact(const support::RecordedStream& stream, const Truth& truth)
{
    if (!stream.gaps.empty())
        return stream.gaps.front().offset == truth.length
               && stream.bytes.substr(0, truth.length) == truth.text;
    return stream.bytes == truth.text && stream.bytes.size() == truth.length;
}

} // namespace

class TestKernelTruth : public QObject
{
    Q_OBJECT

private slots:

    void fixedCases_data()
    {
        QTest::addColumn<int>("index");
        const auto truths = readTruths();
        QCOMPARE(truths.size(), std::size_t{117});
        for (std::size_t i = 0; i < truths.size(); ++i) {
            // The wrong checksum is not gated there; we verify those of files.
            if (truths[i].gate == "yes" || truths[i].capture == "bad-checksum.pcap")
                QTest::newRow(truths[i].capture.c_str()) << static_cast<int>(i);
        }
    }

    void fixedCases()
    {
        QFETCH(int, index);
        const Truth truth = readTruths()[static_cast<std::size_t>(index)];
        const auto connection = replay(truth.capture);
        QVERIFY(connection);
        QCOMPARE(connection->violation, std::string());
        const auto& stream = sentBy(*connection, truth.sender);
        if (!isExact(stream, truth))
            QCOMPARE(stream.bytes, truth.text);
        QVERIFY2(isExact(stream, truth), truth.note.c_str());
    }

    void hostileCasesAreNineInTenExact()
    {
        int total = 0;
        int exact = 0;
        for (const Truth& truth : readTruths()) {
            if (truth.gate != "share")
                continue;
            const auto connection = replay(truth.capture);
            QVERIFY(connection);
            QCOMPARE(connection->violation, std::string());
            ++total;
            if (isExact(sentBy(*connection, truth.sender), truth))
                ++exact;
            else
                qInfo("%s\n read %s\n ours %s",
                      truth.capture.c_str(),
                      truth.text.c_str(),
                      sentBy(*connection, truth.sender).bytes.c_str());
        }
        qInfo("%d of %d exact", exact, total);
        QVERIFY(total >= 50);
        QVERIFY2(exact * 10 >= total * 9, qPrintable(QString("%1 of %2").arg(exact).arg(total)));
    }

    // And none is made up.
    void everyConflictIsNamed()
    {
        for (const Truth& truth : readTruths()) {
            if (truth.gate == "no")
                continue;
            const auto connection = replay(truth.capture);
            QVERIFY(connection);
            QVERIFY2(connection->conflicts.empty() != truth.conflict, truth.capture.c_str());
            for (const auto& conflict : connection->conflicts) {
                QCOMPARE(conflict.kept.size(), conflict.length);
                QCOMPARE(conflict.dropped.size(), conflict.length);
                QVERIFY(conflict.kept != conflict.dropped);
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestKernelTruth)
#include "tst_kernel_truth.moc"
