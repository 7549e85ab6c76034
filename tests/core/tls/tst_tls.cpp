// SPDX-License-Identifier: Apache-2.0
// Both ends of TLS over a socket pair: what is agreed on, how it ends, and what broken peers do.
#include "core/io/fd.h"
#include "core/tls/client.h"
#include "core/tls/identity.h"
#include "core/tls/termination.h"

#include <array>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <random>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/socket.h>

namespace podglass {

namespace {

using Step = io::TlsStream::Step;
using Got = io::TlsStream::Got;

struct Pem
{
    std::string certificate;
    std::string key;
    std::string locked; // the key with the passphrase "sesame"
};

std::string textOf(BIO* memory)
{
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(memory);
    return text;
}

Pem makePem(const char* name)
{
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 7);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(
        subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
    X509_sign(certificate, key, EVP_sha256());
    Pem pem;
    BIO* out = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(out, certificate);
    pem.certificate = textOf(out);
    out = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    pem.key = textOf(out);
    out = BIO_new(BIO_s_mem());
    std::array<unsigned char, 6> sesame{'s', 'e', 's', 'a', 'm', 'e'};
    PEM_write_bio_PrivateKey(out,
                             key,
                             EVP_aes_128_cbc(),
                             sesame.data(),
                             static_cast<int>(sesame.size()),
                             nullptr,
                             nullptr);
    pem.locked = textOf(out);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return pem;
}

// A caller's end and a service's end, joined.
struct Pair
{
    Pair()
    {
        std::array<int, 2> ends{};
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data());
        near.reset(ends[0]);
        far.reset(ends[1]);
    }

    io::Fd near;
    io::Fd far;
};

// Until neither moves any more.
std::pair<Step, Step> shake(io::TlsStream& one, io::TlsStream& other)
{
    std::pair<Step, Step> steps{Step::Going, Step::Going};
    for (int round = 0; round < 20; ++round) {
        if (steps.first == Step::Going)
            steps.first = one.handshake();
        if (steps.second == Step::Going)
            steps.second = other.handshake();
    }
    return steps;
}

} // namespace

class TestTls : public QObject
{
    Q_OBJECT

    const Pem m_shop = makePem("shop.test");
    const Pem m_other = makePem("other.test");

    [[nodiscard]] std::shared_ptr<const io::TlsTermination> termination(const Pem& pem) const
    {
        auto made = tls::makeTermination(pem.certificate, pem.key);
        return made ? std::move(made).value() : nullptr;
    }

private slots:

    void agreesOnTheChosenProtocolAndKnowsTheKey()
    {
        const auto shop = termination(m_shop);
        const auto other = termination(m_other);
        QVERIFY(shop && other);
        QVERIFY(shop->name().starts_with("CN=shop.test, until "));
        QVERIFY(!shop->same(*other));
        for (const std::string chosen : {"h2", "http/1.1", ""}) {
            const Pair pair;
            const auto service = shop->toCaller(pair.far.get(), {}, chosen);
            const auto caller = other->toService(pair.near.get(), {"shop.test", "http/1.1,h2"});
            QCOMPARE(shake(*caller, *service), std::pair(Step::Done, Step::Done));
            QCOMPARE(caller->protocol(), chosen);
            QCOMPARE(service->protocol(), chosen);
            QCOMPARE(caller->version(), std::uint16_t(0x0304));
            QVERIFY(!caller->peerHasOurKey()); // the shop's is not the other's
        }
        const Pair pair;
        const auto service = shop->toCaller(pair.far.get(), {}, "");
        const auto caller = shop->toService(pair.near.get(), {});
        QCOMPARE(shake(*caller, *service), std::pair(Step::Done, Step::Done));
        QVERIFY(caller->peerHasOurKey());
        QVERIFY(!caller->askedForCertificate());
    }

    void muchGoesThroughAndTheEndIsTheKindOfEndItWas()
    {
        const auto shop = termination(m_shop);
        for (const bool polite : {true, false}) {
            const Pair pair;
            const auto service = shop->toCaller(pair.far.get(), {}, "");
            const auto caller = shop->toService(pair.near.get(), {});
            QCOMPARE(shake(*caller, *service), std::pair(Step::Done, Step::Done));
            const std::vector<std::uint8_t> sent(1'000'000, 'x');
            std::vector<std::uint8_t> got;
            std::size_t went = 0;
            std::array<std::uint8_t, 65'536> room{};
            Got how = Got::Nothing;
            bool finished = false;
            for (int round = 0; round < 100'000 && how != Got::Ended && how != Got::Cut; ++round) {
                bool broken = false;
                went += caller->write(bytes::ByteView(sent).subspan(went), broken);
                QVERIFY(!broken);
                if (went == sent.size() && !finished) {
                    finished = !polite || caller->finish();
                    if (finished)
                        ::shutdown(pair.near.get(), SHUT_WR);
                }
                std::size_t count = 0;
                how = service->read(room, count);
                got.insert(got.end(), room.begin(), room.begin() + static_cast<long>(count));
            }
            QVERIFY(got == sent);
            QCOMPARE(how, polite ? Got::Ended : Got::Cut);
            // The other direction is still open.
            bool broken = false;
            QCOMPARE(service->write(bytes::asBytes("bye"), broken), std::size_t(3));
            std::size_t count = 0;
            QCOMPARE(caller->read(room, count), Got::Data);
            QCOMPARE(count, std::size_t(3));
        }
    }

    // As a front hands it over: the hello was read before it was known what it is.
    void earlyBytesAreReadFirst()
    {
        const auto shop = termination(m_shop);
        const Pair pair;
        const auto caller = shop->toService(pair.near.get(), {"shop.test", "h2"});
        QCOMPARE(caller->handshake(), Step::Going);
        std::array<std::uint8_t, 4'096> hello{};
        const ssize_t size = ::recv(pair.far.get(), hello.data(), hello.size(), 0);
        QVERIFY(size > 100);
        const auto service = shop->toCaller(
            pair.far.get(), bytes::ByteView(hello).first(static_cast<std::size_t>(size)), "h2");
        QCOMPARE(shake(*caller, *service), std::pair(Step::Done, Step::Done));
        QCOMPARE(service->protocol(), std::string("h2"));
    }

    void brokenHellosFailAndNothingElse()
    {
        const auto shop = termination(m_shop);
        std::vector<std::uint8_t> hello(4'096);
        {
            const Pair pair;
            const auto caller = shop->toService(pair.near.get(), {"shop.test", "h2"});
            caller->handshake();
            hello.resize(
                static_cast<std::size_t>(::recv(pair.far.get(), hello.data(), hello.size(), 0)));
        }
        std::minstd_rand chance(1);
        int failed = 0;
        for (int round = 0; round < 2'000; ++round) {
            std::vector<std::uint8_t> broken = hello;
            for (int change = 0; change < 1 + round % 5; ++change)
                broken[chance() % broken.size()] = static_cast<std::uint8_t>(chance());
            if (round % 3 == 0)
                broken.resize(chance() % broken.size());
            const Pair pair;
            const auto service = shop->toCaller(pair.far.get(), broken, "h2");
            failed += service->handshake() == Step::Failed ? 1 : 0;
            QVERIFY(service->handshake() != Step::Done);
        }
        QVERIFY(failed > 100);
    }

    void otherBytesInTheMiddleBreakIt()
    {
        const auto shop = termination(m_shop);
        const Pair pair;
        const auto service = shop->toCaller(pair.far.get(), {}, "");
        const auto caller = shop->toService(pair.near.get(), {});
        QCOMPARE(shake(*caller, *service), std::pair(Step::Done, Step::Done));
        const std::string noise(100, '!');
        QCOMPARE(::send(pair.near.get(), noise.data(), noise.size(), 0), ssize_t(100));
        std::array<std::uint8_t, 100> room{};
        std::size_t count = 0;
        QCOMPARE(service->read(room, count), Got::Broken);
        QVERIFY(!service->error().empty());
    }

    void whoMustBeTrustedIs()
    {
        QTemporaryDir folder;
        const std::string ca = folder.filePath("ca.pem").toStdString();
        QFile file(folder.filePath("ca.pem"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(m_shop.certificate.c_str());
        file.close();
        for (const auto& [pem, name, works] : {std::tuple(&m_shop, "shop.test", true),
                                               std::tuple(&m_shop, "elsewhere.test", false),
                                               std::tuple(&m_other, "other.test", false)}) {
            const Pair pair;
            const auto service = termination(*pem)->toCaller(pair.far.get(), {}, "");
            auto caller = tls::connect(pair.near.get(), {.name = name, .protocols = "", .ca = ca});
            QVERIFY(caller);
            const auto steps = shake(**caller, *service);
            QCOMPARE(steps.first, works ? Step::Done : Step::Failed);
            QCOMPARE((*caller)->error().find("its certificate") != std::string::npos, !works);
        }
        const Pair pair;
        QVERIFY(!tls::connect(pair.near.get(), {.name = "x", .protocols = "", .ca = "/dev/null"}));
    }

    void pairsThatAreNoneAreNamed()
    {
        const auto why = [](std::string_view certificate, std::string_view key, const char* pass) {
            const auto read = tls::Identity::read(certificate, key, base::Secret(pass));
            return read ? std::string() : read.error().what;
        };
        QCOMPARE(why(m_shop.certificate, m_shop.key, ""), std::string());
        QCOMPARE(why(m_shop.certificate, m_shop.locked, "sesame"), std::string());
        QVERIFY(tls::isEncrypted(m_shop.locked));
        QVERIFY(!tls::isEncrypted(m_shop.key));
        QCOMPARE(why(m_shop.certificate, m_shop.locked, ""),
                 std::string("the private key is encrypted"));
        QCOMPARE(why(m_shop.certificate, m_shop.locked, "wrong"),
                 std::string("the passphrase does not open the private key"));
        QCOMPARE(why(m_shop.certificate, m_other.key, ""),
                 std::string("the private key does not belong to the certificate"));
        QCOMPARE(why(m_shop.key, m_shop.key, ""),
                 std::string("the certificate file holds no certificate"));
        QCOMPARE(why(m_shop.certificate, "", ""), std::string("the key file holds no private key"));
        // What is sent to the agent is the same pair, without a passphrase.
        const auto read =
            tls::Identity::read(m_shop.certificate, m_shop.locked, base::Secret("sesame"));
        const auto again =
            tls::Identity::read(read.value()->certificatePem(), read.value()->keyPem().text(), {});
        QVERIFY(again);
        QVERIFY(again.value()->same(*read.value()));
    }
};

} // namespace podglass

QTEST_APPLESS_MAIN(podglass::TestTls)
#include "tst_tls.moc"
