// SPDX-License-Identifier: Apache-2.0
// A capture file through the queue that the window follows.
#include "core/files/file_replay.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <poll.h>

using namespace podglass;

namespace {

using Updates = channel::Channel<session::Update>;

struct Seen
{
    std::size_t requests = 0;
    std::size_t responses = 0;
    std::size_t closed = 0;
    std::string body;
    std::optional<session::FileProgress> last;
};

// Until the file is done.
Seen readAll(Updates& updates)
{
    Seen seen;
    while (!seen.last || !seen.last->done) {
        pollfd wait{updates.wakeFd(), POLLIN, 0};
        if (::poll(&wait, 1, 30'000) != 1)
            return seen;
        for (const session::Update& update : updates.take()) {
            if (const auto* progress = std::get_if<session::FileProgress>(&update))
                seen.last = *progress;
            const auto* batch = std::get_if<flow::EventBatch>(&update);
            for (std::size_t i = 0; batch != nullptr && i < batch->events.size(); ++i) {
                const flow::Body& body = batch->events[i].body;
                seen.requests += std::holds_alternative<flow::RequestHead>(body) ? 1U : 0U;
                seen.responses += std::holds_alternative<flow::ResponseHead>(body) ? 1U : 0U;
                seen.closed += std::holds_alternative<flow::ConnectionClosed>(body) ? 1U : 0U;
                if (const auto* data = std::get_if<flow::BodyData>(&body))
                    seen.body += bytes::asText(data->data);
            }
        }
    }
    return seen;
}

const QString golden = QStringLiteral(PODGLASS_GOLDEN "/http/nginx-curl/input.pcap");

} // namespace

class TestFileReplay : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

private slots:

    void aFileBecomesEvents()
    {
        Updates updates(1 << 20);
        files::FileReplay replay(golden.toStdString(), updates);
        const Seen seen = readAll(updates);
        QVERIFY(seen.last && seen.last->done);
        QVERIFY2(seen.last->error.what.empty(), seen.last->error.what.c_str());
        QVERIFY(seen.requests > 0);
        QVERIFY(seen.responses >= seen.requests); // one is answered by an interim response as well
        QVERIFY(!seen.body.empty());
        QVERIFY(seen.closed > 0);
        QCOMPARE(seen.last->taken, seen.last->size);
        QVERIFY(seen.last->packets > 0);
    }

    void damageComesBehindWhatWasGood()
    {
        const QString cut = m_folder.filePath("cut.pcap");
        QVERIFY(QFile::copy(golden, cut));
        QFile file(cut);
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
        QVERIFY(file.resize(file.size() - 5));
        Updates updates(1 << 20);
        files::FileReplay replay(cut.toStdString(), updates);
        const Seen seen = readAll(updates);
        QVERIFY(seen.requests > 0);
        QVERIFY(seen.last && !seen.last->error.what.empty());
    }

    void whatIsNoCaptureIsRefused()
    {
        Updates updates(1 << 20);
        files::FileReplay replay("/proc/self/exe", updates);
        const Seen seen = readAll(updates);
        QVERIFY(seen.last && seen.last->packets == 0);
        QVERIFY(seen.last->error.text().find("no capture file") != std::string::npos);
    }

    // Nobody takes: it waits without turning, and can be cancelled.
    void cancelledWhileTheQueueIsFull()
    {
        Updates updates(1);
        QElapsedTimer spent;
        spent.start();
        {
            files::FileReplay replay(golden.toStdString(), updates);
            pollfd wait{updates.wakeFd(), POLLIN, 0};
            QCOMPARE(::poll(&wait, 1, 30'000), 1);
            replay.cancel();
        }
        QVERIFY(spent.elapsed() < 30'000);
    }
};

QTEST_APPLESS_MAIN(TestFileReplay)
#include "tst_file_replay.moc"
