// SPDX-License-Identifier: Apache-2.0
// The parts of the session that only think: retry, delivery, helper lines.
#include "core/session/delivery.h"
#include "core/session/helper_lines.h"
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
        Delivery delivery(file);
        QCOMPARE(delivery.line("Welcome to build-3!"), Delivery::Next::Wait);
        QCOMPARE(delivery.line("podglass-delivery need x86_64"), Delivery::Next::Send);
        QCOMPARE(delivery.line("podglass-delivery ready"), Delivery::Next::Ready);
        Delivery other(file);
        QCOMPARE(other.line("podglass-delivery need aarch64"), Delivery::Next::Failed);
        QCOMPARE(other.error().what, "the host is aarch64, the agent's file is for x86_64");
        Delivery full(file);
        QCOMPARE(full.line("podglass-delivery failed write: head: No space left on device"),
                 Delivery::Next::Failed);
        QVERIFY(full.error().advice.find("full") != std::string::npos);
        QCOMPARE(Delivery(file).line("podglass-delivery "), Delivery::Next::Failed);
        QCOMPARE(Delivery(file).line("podglass-delivery need"), Delivery::Next::Failed);
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
        QVERIFY(std::holds_alternative<Nothing>(parseHelperLine("{\"live\":true}")));
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
