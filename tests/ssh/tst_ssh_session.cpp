// SPDX-License-Identifier: Apache-2.0
// Sessions over both ssh transports and a real sshd: the agent is delivered, found again, lost and
// reached again.
#include "core/session/session.h"

#include "tests/ssh/rig.h"

#include <deque>

#include <poll.h>

using namespace podglass;
using session::RoadKind;
using session::State;

namespace {

class Watcher
{
public:
    Watcher()
        : updates(1 << 20)
    {}

    // The next state of this kind; the texts of steps on the way are kept.
    std::optional<session::StateChanged> state(State wanted)
    {
        QElapsedTimer clock;
        clock.start();
        while (clock.elapsed() < 30'000) {
            while (!m_queue.empty()) {
                const session::Update update = std::move(m_queue.front());
                m_queue.pop_front();
                if (const auto* step = std::get_if<session::Step>(&update))
                    steps += QString::fromStdString(step->text) + "\n";
                const auto* changed = std::get_if<session::StateChanged>(&update);
                if (changed != nullptr && changed->state == wanted)
                    return *changed;
            }
            pollfd waiting{updates.wakeFd(), POLLIN, 0};
            ::poll(&waiting, 1, 1'000);
            m_queue = updates.take();
        }
        return std::nullopt;
    }

    session::Updates updates;
    QString steps;

private:
    std::deque<session::Update> m_queue;
};

} // namespace

class TestSshSession : public QObject
{
    Q_OBJECT

    [[nodiscard]] session::Options options(RoadKind kind) const
    {
        session::Options options;
        options.road.kind = kind;
        options.road.host = "rig";
        options.road.configFile = m_sshd->path("ssh_config").toStdString();
        options.agentPath = GREETING_AGENT;
        options.sshHelperPath = PODGLASS_SSH;
        return options;
    }

private slots:

    void initTestCase()
    {
        if (const QString why = rig::Sshd::missing(); !why.isEmpty())
            QSKIP(qPrintable(why));
        m_sshd.emplace();
        QVERIFY2(m_sshd->start(), m_sshd->read("sshd.log").constData());
    }

    void bothTransports_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("podglass-ssh") << static_cast<int>(RoadKind::Ssh);
        QTest::newRow("system ssh") << static_cast<int>(RoadKind::SystemSsh);
    }

    void bothTransports()
    {
        if (!m_sshd)
            QSKIP(qPrintable(rig::Sshd::missing()));
        QFETCH(int, kind);
        const auto road = static_cast<RoadKind>(kind);
        m_sshd->configure();
        m_sshd->knowTheHost();
        QDir(m_sshd->path("home")).removeRecursively();
        QDir().mkpath(m_sshd->path("home"));
        Watcher watcher;
        session::Session session(options(road), watcher.updates);
        session.connect();
        QVERIFY2(watcher.state(State::Live), qPrintable(watcher.steps));
        QVERIFY2(watcher.steps.contains("agent sent and started"), qPrintable(watcher.steps));
        const QString cache = m_sshd->path("home/.cache/podglass/agent");
        const QString file =
            cache + "/" + QDir(cache).entryList(QDir::Dirs | QDir::NoDotAndDotDot).value(0);
        QCOMPARE(QDir(file).entryList(QDir::Files), QStringList{"agent"}); // nothing half-written
        QCOMPARE(QFileInfo(file).permissions() & QFile::Permissions(0x77), QFile::Permissions());

        m_sshd->killSessions();
        QVERIFY(watcher.state(State::Reconnecting));
        QVERIFY2(watcher.state(State::Live), qPrintable(watcher.steps));
        QVERIFY2(watcher.steps.contains("agent there already"), qPrintable(watcher.steps));

        // Somebody else's key now: no way back in.
        m_sshd->know(m_sshd->hostName() + " " + m_sshd->publicKey("user_ed25519"));
        m_sshd->killSessions();
        const auto failed = watcher.state(State::Failed);
        QVERIFY2(failed, qPrintable(watcher.steps));
        QVERIFY2(failed->error.text().find("host key") != std::string::npos,
                 failed->error.text().c_str());
    }

    void refusedLogInsAreNamed()
    {
        if (!m_sshd)
            QSKIP(qPrintable(rig::Sshd::missing()));
        m_sshd->configure("stranger");
        m_sshd->knowTheHost();
        for (const RoadKind kind : {RoadKind::Ssh, RoadKind::SystemSsh}) {
            Watcher watcher;
            session::Session session(options(kind), watcher.updates);
            session.connect();
            const auto failed = watcher.state(State::Failed);
            QVERIFY(failed);
            QVERIFY2(failed->error.what.find("publickey") != std::string::npos,
                     failed->error.text().c_str());
        }
    }

    void aLinkInThePlaceOfTheFolderIsRefused()
    {
        if (!m_sshd)
            QSKIP(qPrintable(rig::Sshd::missing()));
        m_sshd->configure();
        m_sshd->knowTheHost();
        const QString cache = m_sshd->path("home/.cache/podglass/agent");
        QDir(cache).removeRecursively();
        QDir().mkpath(cache);
        const QString sum = rig::run("sha256sum", {GREETING_AGENT}).left(64);
        QVERIFY(QFile::link(m_sshd->path("home"), cache + "/" + sum));
        Watcher watcher;
        session::Session session(options(RoadKind::SystemSsh), watcher.updates);
        session.connect();
        const auto failed = watcher.state(State::Failed);
        QVERIFY(failed);
        QVERIFY2(failed->error.what.find("symbolic link") != std::string::npos,
                 failed->error.text().c_str());
    }

private:
    std::optional<rig::Sshd> m_sshd;
};

QTEST_GUILESS_MAIN(TestSshSession)
#include "tst_ssh_session.moc"
