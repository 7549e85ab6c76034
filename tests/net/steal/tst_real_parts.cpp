// SPDX-License-Identifier: Apache-2.0
// curl against nginx through a stolen port, seen by the real parser: decisions name the exchange
// that the observer shows.
#ifndef Q_MOC_RUN // moc 6.4 stumbles over <concepts>
#include "core/parse/connection_parser.h"

#include "rig_test.h"
#endif

#include <QCryptographicHash>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace podglass;
using test::FakeTaker;
using test::Rig;
using namespace std::chrono_literals;

namespace {

// What an observer is told, in order.
class Told : public flow::EventSink
{
public:
    struct Request
    {
        std::string target;
        std::uint16_t status = 0;
        std::string decisions;
    };

    std::map<std::uint64_t, Request> requests;

    void onEvent(const flow::Event& event) override
    {
        if (const auto* head = std::get_if<flow::RequestHead>(&event.body))
            requests[head->exchange.value].target = head->target;
        if (const auto* head = std::get_if<flow::ResponseHead>(&event.body))
            requests[head->exchange.value].status = head->status;
        if (const auto* decision = std::get_if<flow::StealDecision>(&event.body))
            requests[decision->exchange.value].decisions +=
                "psf"[static_cast<std::size_t>(decision->decision)];
    }
};

class Observer : public steal::ProxyObserver
{
public:
    explicit Observer(Told& told)
        : m_told(told)
    {}

    void ownsConnection(const flow::Endpoint&, const flow::Endpoint&, bool) override {}

    void decided(flow::Event decision) override { m_told.onEvent(decision); }

    void gaveUp(std::uint16_t, std::string_view) override {}

private:
    Told& m_told;
};

} // namespace

class TestRealParts : public test::RigTest
{
    Q_OBJECT

protected:
    void begin() override
    {
        if (QStandardPaths::findExecutable("curl").isEmpty()
            || (QStandardPaths::findExecutable("nginx").isEmpty()
                && !QFile::exists("/usr/sbin/nginx")))
            QSKIP("needs curl and nginx");
        startNginx();
    }

    void end() override
    {
        m_nginx.terminate();
        m_nginx.waitForFinished();
    }

private slots:

    void curlThroughAStolenPort()
    {
        Told told;
        Observer observer(told);
        base::Ids ids;
        parse::ParserFactory parsers(told, {1}, ids, parse::ParseOptions{1 << 20});
        steal::StealPort port(m_rig->loop, m_rig->setup(), parsers, m_rig->gate, observer);
        QVERIFY(port.start());
        port.setTakings(test::takeWhat("header \"x-user\" is \"qa\""));
        m_rig->gate.onProgress = [](FakeTaker& taker) {
            if (taker.ended)
                taker.answer("HTTP/1.1 299 Taken\r\nContent-Length: 6\r\n\r\ntaken\n");
        };
        const QByteArray file(1 << 20, 'q');
        QFile big(m_folder.filePath("big"));
        QVERIFY(big.open(QIODevice::WriteOnly));
        big.write(file);
        big.close();
        // One connection for all: --next keeps it, so decisions change from request to request.
        const QString out = curl({"http://10.77.0.2:8080/small",
                                  "--next",
                                  "-s",
                                  "-H",
                                  "x-user: qa",
                                  "http://10.77.0.2:8080/small",
                                  "--next",
                                  "-s",
                                  "http://10.77.0.2:8080/small",
                                  "--next",
                                  "-s",
                                  "-o",
                                  m_folder.filePath("got"),
                                  "http://10.77.0.2:8080/big"});
        QCOMPARE(out, QStringLiteral("nginx\ntaken\nnginx\n"));
        QFile got(m_folder.filePath("got"));
        QVERIFY(got.open(QIODevice::ReadOnly));
        QCOMPARE(QCryptographicHash::hash(got.readAll(), QCryptographicHash::Sha256),
                 QCryptographicHash::hash(file, QCryptographicHash::Sha256));
        QCOMPARE(told.requests.size(), std::size_t{4});
        const std::string wanted[] = {"p", "s", "p", "p"};
        constexpr std::uint16_t taken = 299;
        constexpr std::uint16_t passed = 200;
        std::size_t at = 0;
        for (const auto& [id, request] : told.requests) {
            QCOMPARE(request.decisions, wanted[at]);
            QCOMPARE(request.status, wanted[at] == "s" ? taken : passed);
            ++at;
        }
        QCOMPARE(m_rig->gate.takers.size(), std::size_t{1});
        QVERIFY(told.requests.contains(m_rig->gate.takers[0]->request.exchange.value));
    }

private:
    void startNginx()
    {
        QFile conf(m_folder.filePath("nginx.conf"));
        QVERIFY(conf.open(QIODevice::WriteOnly));
        const QString text = QStringLiteral(
            "daemon off; master_process off; pid %1/pid; error_log %1/error.log;\n"
            "events {}\nhttp { access_log off; client_body_temp_path %1; proxy_temp_path %1;\n"
            "fastcgi_temp_path %1; uwsgi_temp_path %1; scgi_temp_path %1;\n"
            "server { listen 8080; root %1; } }\n");
        conf.write(text.arg(m_folder.path()).toUtf8());
        conf.close();
        QFile small(m_folder.filePath("small"));
        QVERIFY(small.open(QIODevice::WriteOnly));
        small.write("nginx\n");
        small.close();
        m_nginx.start("nsenter",
                      {"--net=" + m_rig->target->path(), "/usr/sbin/nginx", "-c", conf.fileName()});
        QVERIFY(m_nginx.waitForStarted());
        // nginx says nothing when it listens: the listening socket is the sign.
        QTRY_VERIFY_WITH_TIMEOUT(m_rig->target->shell("ss -ltnH 'sport = :8080'").contains("8080"),
                                 5000);
    }

    QString curl(const QStringList& arguments)
    {
        QString out;
        m_rig->during(*m_rig->callers, [&] {
            QProcess process;
            process.start("curl", QStringList{"-s"} + arguments);
            process.waitForFinished(20'000);
            out = QString::fromUtf8(process.readAllStandardOutput());
        });
        return out;
    }

    QTemporaryDir m_folder;
    QProcess m_nginx;
};

QTEST_GUILESS_MAIN(TestRealParts)

#include "tst_real_parts.moc"
