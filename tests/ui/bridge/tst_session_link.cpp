// SPDX-License-Identifier: GPL-3.0-or-later
// Leaving a road does not keep the window waiting, and the road that was left is not heard again.
#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> of GCC 12
#include "core/base/limits.h"

#include "ui/bridge/feed.h"
#include "ui/bridge/session_link.h"

#include <algorithm>
#include <csignal>
#endif

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace podglass;

namespace {

// The agent, noting its process id.
QString agentThatTellsItsPid(const QTemporaryDir& folder)
{
    const QString path = folder.filePath(QStringLiteral("agent"));
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return {};
    file.write("#!/bin/sh\necho $$ > \"" + folder.filePath(QStringLiteral("pid")).toUtf8()
               + "\"\nexec \"" PODGLASS_AGENT "\" \"$@\"\n");
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return path;
}

pid_t pidIn(const QTemporaryDir& folder)
{
    QFile file(folder.filePath(QStringLiteral("pid")));
    return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed().toInt() : 0;
}

struct Rig
{
    explicit Rig(const std::string& agent)
        : link({agent, {}, "test"})
        , feed(link.updates(), store, view, connections)
    {
        link.onNewQueue([this](session::Updates& updates) { feed.follow(updates); });
        QObject::connect(
            &feed, &bridge::Feed::stateChanged, [this](const session::StateChanged& state) {
                states.push_back(state.state);
            });
    }

    bridge::SessionLink link;
    store::Store store;
    store::View view{store};
    models::ConnectionModel connections{store};
    bridge::Feed feed;
    std::vector<session::State> states;
};

} // namespace

class TestSessionLink : public QObject
{
    Q_OBJECT

private slots:

    // An agent that stands still with a full pipe cannot be told goodbye: the slowest to leave.
    void anotherRoadIsOpenedAtOnce()
    {
        const QTemporaryDir folder;
        const QString agent = agentThatTellsItsPid(folder);
        QVERIFY(!agent.isEmpty());
        Rig rig(agent.toStdString());
        rig.link.open({});
        QTRY_VERIFY_WITH_TIMEOUT(!rig.states.empty() && rig.states.back() == session::State::Live,
                                 20'000);
        const pid_t stopped = pidIn(folder);
        QVERIFY(stopped > 1);
        QCOMPARE(::kill(stopped, SIGSTOP), 0);
        for (int i = 0; i < 20'000; ++i) // far more than a pipe holds
            rig.link.listTargets();
        QElapsedTimer time;
        time.start();
        rig.link.open({});
        const qint64 taken = time.elapsed();
        ::kill(stopped, SIGKILL);
        qInfo("opening another road took %lld ms", static_cast<long long>(taken));
        QVERIFY2(taken < 100, qPrintable(QString::number(taken)));
    }

    void theRoadThatWasLeftIsNotHeard()
    {
        Rig rig("/nonexistent/podglass-agent");
        session::Updates& old = rig.link.updates();
        rig.link.open({});
        QTRY_VERIFY(!rig.states.empty());
        session::Updates& used = rig.link.updates();
        QVERIFY(&old != &used);
        session::Update late = session::StateChanged{session::State::Live, "late", {}};
        QVERIFY(used.push(late, 1));
        session::Road other;
        other.kind = session::RoadKind::Unix;
        other.host = "/nonexistent/agent.sock";
        rig.states.clear();
        rig.link.open(other); // before the turn that would have taken it
        QTRY_VERIFY(std::ranges::find(rig.states, session::State::Failed) != rig.states.end()
                    || std::ranges::find(rig.states, session::State::Reconnecting)
                           != rig.states.end());
        QVERIFY(std::ranges::find(rig.states, session::State::Live) == rig.states.end());
    }

    void aRoadMayBeChangedFromInsideAnUpdate()
    {
        Rig rig("/nonexistent/podglass-agent");
        int opened = 0;
        QObject::connect(&rig.feed, &bridge::Feed::stateChanged, [&] {
            if (++opened < 4)
                rig.link.open({});
        });
        rig.link.open({});
        QTRY_VERIFY(opened >= 4);
    }
};

QTEST_GUILESS_MAIN(TestSessionLink)
#include "tst_session_link.moc"
