// SPDX-License-Identifier: Apache-2.0
// The parts of the session that only think: retry, delivery, helper lines.
#include "core/session/delivery.h"
#include "core/session/helper_lines.h"
#include "core/session/last_words.h"
#include "core/session/retry.h"

#include <QTest>

using namespace podglass;
using session::Delivery;
using session::Fault;

namespace {

std::int64_t inMilliseconds(std::optional<base::Duration> wait)
{
    return wait ? std::chrono::duration_cast<std::chrono::milliseconds>(*wait).count() : -1;
}

session::Loss loss(Fault fault)
{
    return {fault, {}};
}

} // namespace

Q_DECLARE_METATYPE(podglass::session::Ending)

class TestPolicy : public QObject
{
    Q_OBJECT

private slots:

    void waitsGrowAndEnd()
    {
        base::Instant now{};
        session::Retry retry;
        QCOMPARE(inMilliseconds(retry.next(loss(Fault::Network), now, 0)), -1); // was never live
        retry.live(now);
        now += std::chrono::seconds(60);
        for (const int expected : {500, 1'000, 2'000, 4'000, 8'000, 15'000, 30'000, 30'000})
            QCOMPARE(inMilliseconds(retry.next(loss(Fault::Network), now, 0)), expected);
        QCOMPARE(inMilliseconds(retry.next(loss(Fault::Network), now, 0.5)), 33'750);
        now += std::chrono::minutes(11);
        QCOMPARE(inMilliseconds(retry.next(loss(Fault::Network), now, 0)), -1);
    }

    void anAgentThatDiesAtOnceDoesNotBeginTheWaitsAnew()
    {
        base::Instant now{};
        session::Retry retry;
        retry.live(now);
        QCOMPARE(inMilliseconds(retry.next(loss(Fault::Network), now, 0)), 500);
        retry.live(now);
        QCOMPARE(inMilliseconds(retry.next(loss(Fault::Network), now, 0)), 1'000);
        retry.live(now);
        now += std::chrono::seconds(30);
        QCOMPARE(inMilliseconds(retry.next(loss(Fault::Network), now, 0)), 500);
    }

    void threeRefusedLogInsEndIt()
    {
        const base::Instant now{};
        session::Retry retry;
        retry.live(now);
        QVERIFY(retry.next(loss(Fault::Auth), now, 0));
        QVERIFY(retry.next(loss(Fault::Auth), now, 0));
        QVERIFY(!retry.next(loss(Fault::Auth), now, 0));
        session::Retry other;
        other.live(now);
        QVERIFY(!other.next(loss(Fault::HostKey), now, 0));
    }

    void deliveryReadsMarkedLinesOnly()
    {
        const session::AgentFile file{"ab", 7, "x86_64"};
        Delivery delivery(file, "build-3");
        QCOMPARE(delivery.line("Welcome to build-3!"), Delivery::Next::Wait);
        QCOMPARE(delivery.line("podglass-delivery need x86_64"), Delivery::Next::Send);
        QCOMPARE(delivery.line("podglass-delivery ready"), Delivery::Next::Ready);
        Delivery other(file, "build-3");
        QCOMPARE(other.line("podglass-delivery need aarch64"), Delivery::Next::Failed);
        QVERIFY(other.error().what.ends_with("the host is aarch64, the file is for x86_64"));
        Delivery full(file, "build-3");
        QCOMPARE(full.line("podglass-delivery failed write: head: No space left on device"),
                 Delivery::Next::Failed);
        QVERIFY(full.error().advice.find("full") != std::string::npos);
        QCOMPARE(Delivery(file, "build-3").line("podglass-delivery "), Delivery::Next::Failed);
        QCOMPARE(Delivery(file, "build-3").line("podglass-delivery need"), Delivery::Next::Failed);
    }

    void everyFailureHasFourParts_data()
    {
        QTest::addColumn<QByteArray>("words");
        for (const char* words : {"failed home: HOME is not set",
                                  "failed folder: mkdir: Permission denied",
                                  "failed folder: /h/x is a symbolic link",
                                  "failed write: head: write error: No space left on device",
                                  "failed write: Disk quota exceeded",
                                  "failed folder: mkdir: Read-only file system",
                                  "failed check: the SHA-256 differs",
                                  "failed run: sh: 1: /h/agent: Permission denied",
                                  "failed run: /h/agent: Exec format error",
                                  "failed run: something new",
                                  "failed sudo: sudo: a password is required",
                                  "failed sudo: sudo: 3 incorrect password attempts",
                                  "failed missing: podglass-agent is not in PATH",
                                  "need mips"})
            QTest::newRow(words) << QByteArray(words);
    }

    void everyFailureHasFourParts()
    {
        QFETCH(QByteArray, words);
        Delivery delivery({"ab", 7, "x86_64"}, "build-3");
        QCOMPARE(delivery.line("podglass-delivery " + words.toStdString()), Delivery::Next::Failed);
        const base::Error& error = delivery.error();
        const std::size_t line = error.what.find('\n');
        QVERIFY2(line != std::string::npos && line + 1 < error.what.size(), error.what.c_str());
        QCOMPARE(error.where, "build-3");
        QVERIFY(!error.advice.empty());
    }

    void sudoAsksAtMostAsOftenAsItDoes()
    {
        Delivery delivery({"ab", 7, ""}, "build-3");
        QCOMPARE(delivery.line("podglass-delivery ready-password"), Delivery::Next::Failed);
        QCOMPARE(delivery.line("podglass-delivery password"), Delivery::Next::AskPassword);
        QCOMPARE(delivery.line("podglass-delivery password"), Delivery::Next::AskPassword);
        QCOMPARE(delivery.passwordsAsked(), 2U);
        QCOMPARE(delivery.line("podglass-delivery ready-password"), Delivery::Next::ReadyPassword);
    }

    void endingsAreGoodEnglish_data()
    {
        using Lines = std::deque<std::string>;
        QTest::addColumn<session::Ending>("ending");
        QTest::addColumn<QString>("expected");
        using session::RoadKind;
        const auto row = [](const char* expected, session::Ending ending) {
            ending.where = "build-3";
            QTest::newRow(expected) << ending << QString(expected);
        };
        const auto killed = [](RoadKind kind) {
            return session::Ending{kind, {}, true, "killed by signal 9 (Killed)", 137, {}};
        };
        const auto ssh = [](const char* line) {
            return session::Ending{
                RoadKind::SystemSsh, {}, false, "exit status 255", 255, Lines{line}};
        };
        row("build-3: the agent was killed: signal 9 (Killed)", killed(RoadKind::Local));
        row("build-3: podglass-ssh was killed on this machine: signal 9", killed(RoadKind::Ssh));
        row("build-3: the agent ended: it ended by itself",
            {RoadKind::Ssh, {}, true, "exit status 0", 0, {}});
        row("build-3: the agent did not start: sh: not found",
            {RoadKind::Ssh, {}, false, "exit status 127", 127, Lines{"sh: not found"}});
        row("build-3: cannot connect: ssh: connect to host h port 22: Connection refused (nothing",
            ssh("ssh: connect to host h port 22: Connection refused"));
        row("build-3: no address found for the host: ssh: Could not resolve hostname h",
            ssh("ssh: Could not resolve hostname h: Name or service not known"));
        row("build-3: the server refused the log-in: root@h: Permission denied (publickey).",
            ssh("root@h: Permission denied (publickey)."));
        row("build-3: the host key has CHANGED: WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!",
            ssh("WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!"));
        row("build-3: the host key is unknown or was refused: Host key verification failed.",
            ssh("Host key verification failed."));
        row("build-3: the SSH connection broke: Connection to h closed by remote host.",
            ssh("Connection to h closed by remote host."));
    }

    void endingsAreGoodEnglish()
    {
        QFETCH(session::Ending, ending);
        QFETCH(QString, expected);
        const session::Loss loss = session::lossOf(ending);
        QVERIFY2(QString::fromStdString(loss.error.text()).startsWith(expected),
                 loss.error.text().c_str());
        QVERIFY(!loss.error.advice.empty());
    }

    void theCommandSurvivesAnyShell()
    {
        const std::string command = session::deliveryCommand({"ab", 7, ""}, true);
        QCOMPARE(std::count(command.begin(), command.end(), '\''), 2); // the two around it
        QCOMPARE(command.find('!'), std::string::npos); // csh reads it inside quotes, too
        QCOMPARE(command.find('@'), std::string::npos); // every place was filled in
    }

    void helperLinesAreBelievedOnlyInPart()
    {
        using namespace session;
        QVERIFY(std::holds_alternative<Nothing>(parseHelperLine("")));
        QVERIFY(std::holds_alternative<Nothing>(parseHelperLine("[1]")));
        QVERIFY(std::holds_alternative<Nothing>(parseHelperLine("{\"step\":7}")));
        QVERIFY(std::holds_alternative<Nothing>(parseHelperLine("{\"live\":1}")));
        QVERIFY(std::holds_alternative<Reached>(parseHelperLine("{\"live\":true}")));
        const auto step = parseHelperLine(R"({"step":{"id":-3,"text":5,"state":"done"}})");
        QCOMPARE(std::get<Step>(step).id, 0U);
        QCOMPARE(std::get<Step>(step).state, StepState::Done);
        const auto error = parseHelperLine(R"({"error":{"kind":"hostkey","what":"CHANGED"}})");
        QCOMPARE(std::get<Loss>(error).fault, Fault::HostKey);
        const auto prompt = parseHelperLine(R"({"prompt":{"id":2,"kind":"passphrase"}})");
        QCOMPARE(std::get<Prompt>(prompt).kind, PromptKind::Passphrase);
    }

    void answersAreHex()
    {
        QCOMPARE(session::answerLine(3, "a\"\n"), "{\"answer\":3,\"hex\":\"61220a\"}\n");
        QCOMPARE(session::answerLine(3, std::nullopt), "{\"answer\":3,\"cancel\":true}\n");
    }
};

QTEST_APPLESS_MAIN(TestPolicy)
#include "tst_policy.moc"
