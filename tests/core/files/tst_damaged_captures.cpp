// SPDX-License-Identifier: Apache-2.0
// Damaged copies of real captures, plain and compressed: what stands before the damage is read as
// it was, and whatever comes behind it ends in packets or in an error that names the place, never
// in a crash, and with events that keep their promises (they can be sent, stored and recorded).
#include "core/files/event_recorder.h"
#include "core/files/file_source.h"
#include "core/store/store.h"
#include "core/wire/codec.h"

#include "tests/support/capture_play.h"
#include "tests/support/deflated.h"
#include "tests/support/golden_captures.h"

#include <algorithm>
#include <random>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace podglass;

namespace {

const QString golden = QStringLiteral(PODGLASS_GOLDEN);

struct Read
{
    std::vector<std::pair<std::int64_t, QByteArray>> packets; // time, bytes
    std::string error;
};

// Sends each event over the wire and applies it, as the agent and the window do.
class Everything : public flow::EventSink
{
public:
    explicit Everything(files::EventRecorder& recorder)
        : m_recorder(recorder)
    {}

    void onEvent(const flow::Event& event) override
    {
        std::vector<std::uint8_t> frame;
        wire::encode(event, frame);
        wire::FrameWalk walk(frame);
        flow::EventBatch batch;
        const auto one = walk.next();
        QVERIFY(one && wire::decodeEvent(*one, batch));
        m_store.apply(batch);
        m_recorder.onEvent(event);
    }

private:
    store::Store m_store;
    files::EventRecorder& m_recorder;
};

Read packetsOf(const std::string& path)
{
    Read read;
    auto source = files::FileSource::open(path);
    if (!source)
        read.error = source.error().text();
    while (source) {
        const auto packet = source->next();
        if (!packet)
            read.error = packet.error().text();
        if (!packet || !packet->has_value())
            break;
        const capture::Packet& got = **packet;
        read.packets.emplace_back(got.at.nanoseconds,
                                  QByteArray(reinterpret_cast<const char*>(got.bytes.data()),
                                             static_cast<qsizetype>(got.bytes.size())));
    }
    return read;
}

// Its packets, and what becomes of them further on.
Read readAll(const std::string& path, const std::string& scratch)
{
    auto writer = files::PcapngWriter::create(scratch, "test", "");
    if (writer && writer->addInterface(capture::LinkType::Ethernet, "made")) {
        files::EventRecorder recorder(*writer);
        Everything sink(recorder);
        tests::playCapture(path, sink);
        [[maybe_unused]] const auto ended = recorder.finish({});
    }
    return packetsOf(path); // the writer goes unfinished, and its file with it
}

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// Packets of a pcap file that end at or before `offset` (pcap-savefile(5)).
std::size_t packetsBefore(const QByteArray& file, qsizetype offset)
{
    constexpr qsizetype fileHeader = 24;
    constexpr qsizetype packetHeader = 16;
    std::size_t count = 0;
    for (qsizetype at = fileHeader; at + packetHeader <= file.size();) {
        std::uint32_t length = 0;
        std::memcpy(&length, file.constData() + at + 8, sizeof length);
        at += packetHeader + static_cast<qsizetype>(length);
        if (at > offset)
            break;
        ++count;
    }
    return count;
}

} // namespace

class TestDamagedCaptures : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    std::string write(const QByteArray& bytes) const
    {
        const QString path = m_folder.filePath(QStringLiteral("damaged.pcap"));
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            return {};
        return path.toStdString();
    }

    [[nodiscard]] std::string scratch() const
    {
        return m_folder.filePath(QStringLiteral("made.pcapng")).toStdString();
    }

    // Returns the first byte that differs.
    static qsizetype damage(QByteArray& file, const QString& how, std::mt19937& random)
    {
        const auto place = [&] {
            return static_cast<qsizetype>(random() % static_cast<std::uint32_t>(file.size()));
        };
        qsizetype first = place();
        if (how == QLatin1String("bits")) {
            const std::uint32_t flips = 1 + random() % 32;
            for (std::uint32_t i = 0; i < flips; ++i) {
                const qsizetype at = i == 0 ? first : place();
                file[at] = static_cast<char>(file[at] ^ (1 << random() % 8));
                first = std::min(first, at);
            }
        } else if (how == QLatin1String("cut")) {
            file.truncate(first);
        } else if (how == QLatin1String("hole")) {
            file.remove(first, 1 + static_cast<qsizetype>(random() % 200));
        } else if (how == QLatin1String("noise")) {
            const qsizetype end = std::min<qsizetype>(
                file.size(), first + 1 + static_cast<qsizetype>(random() % 400));
            for (qsizetype at = first; at < end; ++at)
                file[at] = static_cast<char>(random());
        } else { // doubled
            file.insert(first, file.mid(first, 1 + static_cast<qsizetype>(random() % 2'000)));
        }
        return first;
    }

private slots:

    void whatStandsBeforeTheDamageIsRead_data()
    {
        QTest::addColumn<QString>("capture");
        QTest::addColumn<QString>("how");
        for (const QString& capture : tests::goldenCaptures(golden, 10))
            for (const char* how : {"bits", "cut", "hole", "noise", "doubled", "packed"})
                QTest::newRow(qPrintable(capture + ' ' + how)) << capture << QString(how);
    }

    void whatStandsBeforeTheDamageIsRead()
    {
        QFETCH(QString, capture);
        QFETCH(QString, how);
        constexpr std::uint32_t copies = 12;
        const bool compressed = how == QLatin1String("packed");
        const QByteArray whole = contentOf(golden + '/' + capture);
        QVERIFY(whole.size() > 100);
        const Read before = readAll(write(whole), scratch());
        QVERIFY(before.error.empty());
        QCOMPARE(before.packets.size(), packetsBefore(whole, whole.size()));
        for (std::uint32_t seed = 0; seed < copies; ++seed) {
            std::mt19937 random(seed);
            QByteArray damaged =
                compressed ? QByteArray::fromStdString(tests::deflated(whole.toStdString(), 31))
                           : whole;
            const qsizetype first =
                damage(damaged, compressed ? QStringLiteral("bits") : how, random);
            const Read after = readAll(write(damaged), scratch());
            if (!after.error.empty())
                QVERIFY2(after.error.find("damaged.pcap") != std::string::npos,
                         after.error.c_str());
            // Of a compressed file, the place in what is compressed says little.
            const std::size_t sound = compressed ? 0 : packetsBefore(whole, first);
            QVERIFY2(after.packets.size() >= sound,
                     qPrintable(QStringLiteral("seed %1: %2 of %3 packets, %4")
                                    .arg(seed)
                                    .arg(after.packets.size())
                                    .arg(sound)
                                    .arg(QString::fromStdString(after.error))));
            // A damaged file header may change the meaning of all of it.
            constexpr qsizetype fileHeader = 24;
            for (std::size_t i = 0; first >= fileHeader && i < sound; ++i)
                QVERIFY(after.packets[i] == before.packets[i]);
        }
    }
};

QTEST_GUILESS_MAIN(TestDamagedCaptures)
#include "tst_damaged_captures.moc"
