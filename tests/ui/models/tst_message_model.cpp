// SPDX-License-Identifier: GPL-3.0-or-later
// Messages and connections as the window shows them, over captures of real peers, and the decoder
// behind a body.
#include "tests/support/capture_play.h"
#include "ui/models/body_decoder.h"
#include "ui/models/connection_detail.h"
#include "ui/models/exchange_detail.h"
#include "ui/models/message_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace podglass;
using models::MessageModel;

namespace {

class Played : public flow::EventSink
{
public:
    explicit Played(const char* name)
    {
        tests::playCapture(PODGLASS_GOLDEN + std::string("/peers/") + name + "/input.pcap", *this);
    }

    void onEvent(const flow::Event& event) override
    {
        store.apply(event);
        if (model != nullptr)
            model->update(store, 1);
    }

    explicit Played(const char* name, MessageModel& followed)
        : model(&followed)
    {
        tests::playCapture(PODGLASS_GOLDEN + std::string("/peers/") + name + "/input.pcap", *this);
    }

    store::Store store;
    MessageModel* model = nullptr;
};

QString cell(const MessageModel& model, int row, int column)
{
    return model.index(row, column).data().toString();
}

} // namespace

class MessageModelTest : public QObject
{
    Q_OBJECT

private slots:
    void keepsTheRulesOfModelsWhileMessagesCome();
    void grpcIsReadWithoutSchema();
    void closeSaysWhy();
    void tlsIsDescribedAndNeverText();
    void theRealSourceIsShown();
    void decodesInSlices();
    void aBombIsStoppedAndSaid();
};

void MessageModelTest::keepsTheRulesOfModelsWhileMessagesCome()
{
    for (const char* name : {"websocket-deflate", "websocket", "events", "grpc"}) {
        MessageModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        const Played played(name, model);
        QVERIFY2(model.rowCount() >= 3, name);
        QVERIFY(resets.count() <= 1); // rows come, they are not made anew
    }
}

void MessageModelTest::grpcIsReadWithoutSchema()
{
    const Played played("grpc");
    MessageModel model;
    model.update(played.store, 1);
    QCOMPARE(cell(model, 0, MessageModel::Preview), QStringLiteral("1: \"4711\""));
    QCOMPARE(cell(model, 1, MessageModel::Preview),
             QStringLiteral("1: \"4711\"  2: \"lamp\"  3: 2"));
    QVERIFY(model.shown(1).protobuf);
    model.update(played.store, 3);
    const int last = model.rowCount() - 1;
    QCOMPARE(cell(model, last, MessageModel::Preview),
             QStringLiteral("NOT_FOUND   order missing was never placed"));
    QVERIFY(model.shown(last).problem);
    const auto detail = models::detailOf(played.store, 3);
    QCOMPARE(detail.statusText, QStringLiteral("NOT_FOUND"));
    QCOMPARE(detail.kind, QStringLiteral("gRPC"));
}

void MessageModelTest::closeSaysWhy()
{
    const Played played("websocket");
    MessageModel model;
    model.update(played.store, 1);
    bool said = false;
    for (int row = 0; row < model.rowCount(); ++row)
        said = said
               || cell(model, row, MessageModel::Preview)
                      == QStringLiteral("1001 going away   server is restarting");
    QVERIFY(said);
}

void MessageModelTest::tlsIsDescribedAndNeverText()
{
    const Played played("tls");
    const auto detail = models::connectionDetailOf(played.store, 1);
    QVERIFY(detail.encrypted && detail.hasStream);
    QVERIFY(detail.title.startsWith(QLatin1String("shop.test")));
    QVERIFY(detail.facts.contains({QStringLiteral("Server name"), QStringLiteral("shop.test")}));
    QVERIFY(models::detailOf(played.store, 1).connectionOnly);
    QVERIFY(!models::streamBytes(played.store, 1, true).isEmpty());
}

void MessageModelTest::theRealSourceIsShown()
{
    const Played played("proxy");
    const auto detail = models::connectionDetailOf(played.store, 2);
    const auto source =
        std::find_if(detail.facts.begin(), detail.facts.end(), [](const auto& fact) {
            return fact.first == QLatin1String("Real source");
        });
    QVERIFY(source != detail.facts.end());
    QVERIFY(source->second.contains(QLatin1String("PROXY protocol 2")));
}

void MessageModelTest::decodesInSlices()
{
    const Played played("codings");
    models::BodyDecoder decoder;
    QSignalSpy finished(&decoder, &models::BodyDecoder::finished);
    const auto response = models::detailOf(played.store, 1).response;
    decoder.start(response.body, response.contentEncoding, true);
    QTRY_VERIFY(!decoder.working());
    QCOMPARE(finished.count(), 1);
    QVERIFY(decoder.decoded().startsWith(R"({"items":[{"sku":"A-0","price":0},)"));
    QVERIFY(decoder.problem().isEmpty());
    const auto wrong = models::detailOf(played.store, 2).response;
    decoder.start(wrong.body, wrong.contentEncoding, true);
    QTRY_VERIFY(!decoder.working());
    QVERIFY(decoder.decoded().isEmpty());
    QVERIFY(decoder.problem().startsWith(QLatin1String("this is no br")));
    const auto cut = models::detailOf(played.store, 3).response;
    decoder.start(cut.body, cut.contentEncoding, true);
    QTRY_VERIFY(!decoder.working());
    QCOMPARE(decoder.problem(), QStringLiteral("gzip ends before its end"));
}

// H15: 32 MiB of zeros in 32 KiB, as a server sent them.
void MessageModelTest::aBombIsStoppedAndSaid()
{
    const Played played("codings");
    models::BodyDecoder decoder;
    const auto response = models::detailOf(played.store, 4).response;
    QVERIFY(response.body.size() < 64 * 1024);
    decoder.start(response.body, response.contentEncoding, true);
    QTRY_VERIFY(!decoder.working());
    QVERIFY(decoder.problem().contains(QLatin1String("bomb")));
    QVERIFY(decoder.decoded().size() < 16 << 20);
}

QTEST_GUILESS_MAIN(MessageModelTest)
#include "tst_message_model.moc"
