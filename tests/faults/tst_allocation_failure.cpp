// SPDX-License-Identifier: Apache-2.0
// F22: every n-th allocation fails, in the agent's pipeline and in the decoders, on real captures:
// nothing crashes, nothing leaks, and what does not say that it failed gives what it always gives.
// PODGLASS_EVERY_ALLOCATION=1 tries every single one instead of some hundred.
#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> of GCC 12
#include "core/agent/capture_pipeline.h"
#include "core/base/digest.h"
#include "core/export/connection_report.h"
#include "core/export/har_follower.h"
#include "core/export/report_json.h"
#include "core/files/event_recorder.h"
#include "core/files/file_replay.h"
#include "core/files/file_source.h"
#include "core/wire/codec.h"

#include "tests/faults/failing_new.h"
#include "tests/support/capture_play.h"
#include "tests/support/golden_captures.h"

#include <functional>
#include <set>

#include <poll.h>
#endif

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace podglass;
using tests::heap;

namespace {

const QString golden = QStringLiteral(PODGLASS_GOLDEN);

base::Digest digestOf(bytes::ByteView data)
{
    base::Sha256 sum;
    sum.update(data);
    return sum.finish();
}

// What a scenario gave; false: it said that it failed.
using Scenario = std::function<bool(const std::string& capture, base::Digest& gave)>;

// Events into frames, and by the client's decoder out of them again.
class Wire : public flow::EventSink
{
public:
    void onEvent(const flow::Event& event) override { wire::encode(event, m_frames); }

    bool decode(base::Digest& gave)
    {
        std::vector<std::uint8_t> again;
        wire::FrameBuffer buffer;
        const auto room = buffer.prepare(m_frames.size());
        std::ranges::copy(m_frames, room.begin());
        buffer.commit(m_frames.size());
        const auto frames = buffer.takeComplete();
        if (!frames)
            return false;
        wire::FrameWalk walk(frames->view());
        while (const auto frame = walk.next()) {
            flow::EventBatch batch;
            if (!wire::decodeEvent(*frame, batch))
                return false;
            wire::encode(batch.events.front(), again);
        }
        gave = digestOf(again);
        return again == m_frames;
    }

private:
    std::vector<std::uint8_t> m_frames;
};

bool decoder(const std::string& capture, base::Digest& gave)
{
    Wire wire;
    return tests::playCapture(capture, wire) && wire.decode(gave);
}

bool reports(const std::string& capture, base::Digest& gave)
{
    std::string text;
    exporting::ConnectionReporter reporter(
        {[&](const exporting::ExchangeReport& report) { exporting::appendJson(text, report); },
         [&](const exporting::ConnectionReport& report) {
             exporting::appendJson(text, report, 0, true);
         }});
    const bool done = tests::playCapture(capture, reporter);
    gave = digestOf(bytes::asBytes(text));
    return done;
}

QString scratch; // a folder

base::Digest contentOf(const std::string& path)
{
    QFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray all = file.readAll();
    file.remove();
    return digestOf(
        bytes::asBytes(std::string_view(all.data(), static_cast<std::size_t>(all.size()))));
}

// The store, content codings and JSON.
bool archive(const std::string& capture, base::Digest& gave)
{
    const std::string path = (scratch + "/made.har").toStdString();
    {
        auto file = io::NewFile::create(path, io::NewFile::Existing::Replaced);
        if (!file)
            return false;
        exporting::HarWriter writer(std::move(*file), "1", exporting::Secrets::Masked);
        exporting::HarFollower follower(writer);
        if (!tests::playCapture(capture, follower) || !follower.finish())
            return false;
    }
    heap.armed = false;
    gave = contentOf(path);
    return true;
}

bool recording(const std::string& capture, base::Digest& gave)
{
    const std::string path = (scratch + "/made.pcapng").toStdString();
    {
        auto writer = files::PcapngWriter::create(path, "test", "");
        if (!writer || !writer->addInterface(capture::LinkType::Ethernet, "made"))
            return false;
        files::EventRecorder recorder(*writer);
        if (!tests::playCapture(capture, recorder) || !recorder.finish({}) || !writer->finish())
            return false;
    }
    heap.armed = false;
    gave = contentOf(path);
    return true;
}

std::set<std::uint16_t> servers; // ports of the capture

void findServers(const std::string& capture)
{
    class Ports : public flow::EventSink
    {
    public:
        void onEvent(const flow::Event& event) override
        {
            if (const auto* opened = std::get_if<flow::ConnectionOpened>(&event.body))
                servers.insert(opened->server.port);
        }
    };

    servers.clear();
    Ports ports;
    tests::playCapture(capture, ports);
}

// What the capture thread runs, and the reading end of its ring.
bool pipeline(const std::string& capture, base::Digest& gave)
{
    auto source = files::FileSource::open(capture);
    if (!source)
        return false;
    channel::Ring ring(std::size_t{4} << 20);
    channel::Ring::Cursor cursor(ring);
    agent::CapturePipeline capturing({1}, ring, 1);
    agent::CapturePlan plan;
    for (const std::uint16_t port : servers)
        plan.ports[port] = true;
    capturing.setPlan(plan);
    std::vector<std::uint8_t> all;
    const auto drain = [&] {
        while (const auto record = cursor.next())
            all.insert(all.end(), record->bytes.begin(), record->bytes.end());
    };
    for (;;) {
        const auto packet = source->next();
        if (!packet)
            return false;
        if (!packet->has_value())
            break;
        capturing.onPacket(**packet);
        drain();
    }
    capturing.stop();
    drain();
    gave = digestOf(all);
    return true;
}

enum class Outcome
{
    Gave,
    Said,  // an error
    Threw, // bad_alloc, to whoever owns the objects
};

Outcome run(const Scenario& scenario, const std::string& capture, base::Digest& gave)
{
    try {
        return scenario(capture, gave) ? Outcome::Gave : Outcome::Said;
    } catch (const std::bad_alloc&) {
        return Outcome::Threw;
    }
}

// All of the first, where objects are made; then some of the rest.
std::set<long> numbers(long all)
{
    constexpr long first = 60;
    constexpr long others = 60;
    std::set<long> chosen;
    const bool every = qEnvironmentVariableIsSet("PODGLASS_EVERY_ALLOCATION");
    for (long n = 1; n <= (every ? all : std::min(all, first)); ++n)
        chosen.insert(n);
    for (long i = 1; i <= others; ++i)
        chosen.insert(std::max(1L, all * i / others));
    return chosen;
}

} // namespace

class TestAllocationFailure : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

private slots:

    void initTestCase() { scratch = m_folder.path(); }

    void nothingCrashesOrLeaks_data()
    {
        QTest::addColumn<QString>("capture");
        QTest::addColumn<QString>("scenario");
        for (const QString& capture : tests::goldenCaptures(golden, 8))
            for (const char* scenario : {"decoder", "reports", "archive", "recording", "agent"})
                QTest::newRow(qPrintable(capture + ' ' + scenario))
                    << golden + '/' + capture << QString(scenario);
    }

    void nothingCrashesOrLeaks()
    {
        QFETCH(QString, capture);
        QFETCH(QString, scenario);
        const std::map<QString, Scenario> scenarios{{"decoder", decoder},
                                                    {"reports", reports},
                                                    {"archive", archive},
                                                    {"recording", recording},
                                                    {"agent", pipeline}};
        const Scenario& act = scenarios.at(scenario);
        const std::string path = capture.toStdString();
        base::Digest usual{};
        findServers(path);
        QVERIFY(run(act, path, usual) == Outcome::Gave); // and what is made once is made
        heap.arm(tests::Heap::never, 0);
        QVERIFY(run(act, path, usual) == Outcome::Gave);
        heap.disarm();
        const long all = heap.asked;
        QVERIFY(all > 10);
        long felt = 0;
        for (const long number : numbers(all))
            for (const long until : {number, tests::Heap::never}) { // once; from then on
                const long alive = heap.alive;
                base::Digest gave{};
                heap.arm(number, until);
                const Outcome outcome = run(act, path, gave);
                heap.disarm();
                QCOMPARE(heap.alive.load(), alive);
                felt += outcome == Outcome::Gave ? 0 : 1;
                if (outcome == Outcome::Gave && heap.failed != 0)
                    QVERIFY2(gave == usual,
                             qPrintable(QStringLiteral("%1 of %2").arg(number).arg(all)));
            }
        QVERIFY(felt > 0);
    }

    // On its own thread there is nobody to throw to: it is said in the last update.
    void aFileSaysThatMemoryIsOut()
    {
        channel::Channel<session::Update> updates(std::size_t{16} << 20);
        std::optional<session::FileProgress> last;
        heap.arm(tests::Heap::never, 0);
        heap.failSize = std::size_t{64} << 10; // what the reader wants and this thread does not
        {
            files::FileReplay replay((golden + "/http/nginx-curl/input.pcap").toStdString(),
                                     updates);
            while (!last || !last->done) {
                pollfd wait{updates.wakeFd(), POLLIN, 0};
                if (::poll(&wait, 1, 30'000) != 1)
                    break;
                for (const session::Update& update : updates.take())
                    if (const auto* progress = std::get_if<session::FileProgress>(&update))
                        last = *progress;
            }
        }
        heap.disarm();
        QVERIFY(last && last->done);
        QVERIFY(heap.failed > 0);
        QCOMPARE(last->error.what, std::string("there is not enough memory"));
    }
};

QTEST_GUILESS_MAIN(TestAllocationFailure)
#include "tst_allocation_failure.moc"
