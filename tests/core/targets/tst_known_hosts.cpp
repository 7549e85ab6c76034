// SPDX-License-Identifier: Apache-2.0
// Rules of the known_hosts reader; tests/ssh compares the verdicts with OpenSSH's own.
#include "core/targets/base64.h"
#include "core/targets/known_hosts.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace podglass::targets;

namespace {

std::string blobOf(std::string_view type, char fill)
{
    std::string blob{'\0', '\0', '\0', static_cast<char>(type.size())};
    blob += type;
    return blob + std::string("\0\0\0\x20", 4) + std::string(32, fill);
}

const std::string ours = blobOf("ssh-ed25519", 'a');
const std::string other = blobOf("ssh-ed25519", 'b');
const std::string ecdsa = blobOf("ecdsa-sha2-nistp256", 'c');

std::string line(const std::string& names, const std::string& blob)
{
    const std::string type = blob.substr(4, static_cast<unsigned char>(blob[3]));
    return names + " " + type + " " + toBase64(blob);
}

KeyVerdict verdict(const std::string& text, std::string_view host = "h", std::uint16_t port = 22)
{
    KnownHosts hosts;
    hosts.add(text, "f");
    return hosts.check(host, port, ours).verdict;
}

} // namespace

class TestKnownHosts : public QObject
{
    Q_OBJECT

private slots:

    void verdicts()
    {
        using enum KeyVerdict;
        QCOMPARE(verdict(""), Unknown);
        QCOMPARE(verdict(line("h", ours)), Known);
        QCOMPARE(verdict(line("h", ours) + " a comment\r\n"), Known);
        QCOMPARE(verdict(line("h", ours) + "\r"), Known);
        QCOMPARE(verdict(line("H", ours), "h"), Known);
        QCOMPARE(verdict(line("h", ours), "H"), Known);
        QCOMPARE(verdict(line("h", other)), Changed);
        QCOMPARE(verdict(line("h", ecdsa)), Changed);
        QCOMPARE(verdict(line("h", ecdsa) + "\n" + line("h", ours)), Known);
        QCOMPARE(verdict(line("x", ours)), Unknown);
        QCOMPARE(verdict(line("*", ours)), Known);
        QCOMPARE(verdict(line("*,!h", ours)), Unknown);
        QCOMPARE(verdict(line("[h]:2222", ours)), Unknown);
        QCOMPARE(verdict(line("[h]:2222", ours), "h", 2222), Known);
        QCOMPARE(verdict(line("h", ours), "h", 2222), Known);
        QCOMPARE(verdict(line("h", other), "h", 2222), Unknown);
        QCOMPARE(verdict(line("h", ours) + "\n" + line("@revoked *", ours)), Revoked);
        QCOMPARE(verdict(line("@revoked *", other)), Unknown);
        QCOMPARE(verdict(line("@cert-authority *", other)), Unknown);
        QCOMPARE(verdict(line("@cert-authority *", ours)), Unknown);
        QCOMPARE(verdict(line("@surprise h", ours)), Unknown);
        QCOMPARE(verdict("# " + line("h", ours)), Unknown);
        QCOMPARE(verdict("  " + line("h", ours)), Known);
    }

    void oddLinesAreSkipped()
    {
        using enum KeyVerdict;
        const std::string good = "\n" + line("h", ours);
        QCOMPARE(verdict(std::string(1'000'000, 'x') + good), Known);
        QCOMPARE(verdict("h" + good), Known);
        QCOMPARE(verdict("h ssh-ed25519" + good), Known);
        QCOMPARE(verdict("h ssh-ed25519 not*base64" + good), Known);
        QCOMPARE(verdict("h ssh-rsa " + toBase64(ours)), Unknown); // the two types differ
        QCOMPARE(verdict("|1|| ssh-ed25519 " + toBase64(ours)), Unknown);
        QCOMPARE(verdict("|1|a ssh-ed25519 " + toBase64(ours)), Unknown);
        QCOMPARE(verdict("h ssh-ed25519 AAAA/////2E="), Unknown); // inner length past the end
    }

    // Salt and hash: HMAC-SHA1 of "h" with a salt of twenty zero bytes, computed with openssl.
    void namesToOffer()
    {
        const auto names = knownHostNames("# comment\n"
                                          "build-3,10.0.0.3 ssh-ed25519 AAAA\n"
                                          "[build-4]:2222 ssh-ed25519 AAAA comment\n"
                                          "|1|c2FsdA==|aGFzaA== ssh-ed25519 AAAA\n"
                                          "@revoked bad ssh-ed25519 AAAA\n"
                                          "*.example,!x ssh-ed25519 AAAA\n"
                                          "-oProxyCommand=x,$(id) ssh-ed25519 AAAA\n"
                                          "build-3 ssh-rsa AAAA\n\n   last",
                                          100);
        const std::vector<std::string> expected{"build-3", "10.0.0.3", "[build-4]:2222", "last"};
        QVERIFY(names == expected);
        QCOMPARE(knownHostNames("a x\nb x\nc x\n", 2).size(), std::size_t(2));
    }

    void hashedNames()
    {
        const std::string salt = toBase64(std::string(20, '\0'));
        const std::string text = "|1|" + salt + "|pKGEfL80ElPzOH4Xe99PTve5QiY=";
        QCOMPARE(verdict(line(text, ours)), KeyVerdict::Known);
        QCOMPARE(verdict(line(text, ours), "i"), KeyVerdict::Unknown);
    }

    void whatIsSaidBesides()
    {
        KnownHosts hosts;
        hosts.add(line("a,b", ours) + "\n\n" + line("h", ecdsa) + "\n", "f");
        const KeyFinding changed = hosts.check("h", 22, ours);
        QCOMPARE(changed.line, 3U);
        QCOMPARE(changed.knownType, "ecdsa-sha2-nistp256");
        QCOMPARE(hosts.check("new", 22, ours).otherNames, std::vector<std::string>{"a,b"});
        QCOMPARE(hosts.typesFor("h", 22), std::vector<std::string>{"ecdsa-sha2-nistp256"});
        QCOMPARE(hosts.typesFor("h", 2222), std::vector<std::string>{"ecdsa-sha2-nistp256"});
    }

    void appendKeepsLinesWhole()
    {
        const QTemporaryDir folder;
        const std::string path = folder.filePath(".ssh/known_hosts").toStdString();
        const auto opened = openKnownHosts(path);
        QVERIFY(opened);
        QVERIFY(appendKnownHost(*opened, "h", "ssh-ed25519", ours));
        QCOMPARE(QFileInfo(QString::fromStdString(path)).permissions() & 0xfff,
                 QFile::Permissions(QFile::ReadUser | QFile::WriteUser));
        QFile file(QString::fromStdString(path));
        QVERIFY(file.open(QIODevice::Append));
        file.write("# no newline at the end");
        file.close();
        QVERIFY(appendKnownHost(*opened, "[h]:7", "ssh-ed25519", other));
        KnownHosts hosts;
        QVERIFY(loadKnownHosts(hosts, path));
        QCOMPARE(hosts.check("h", 22, ours).verdict, KeyVerdict::Known);
        QCOMPARE(hosts.check("h", 7, other).verdict, KeyVerdict::Known);
    }

    void missingFileIsEmpty()
    {
        KnownHosts hosts;
        QVERIFY(loadKnownHosts(hosts, "/nonexistent/known_hosts"));
        QVERIFY(!loadKnownHosts(hosts, "/"));
    }
};

QTEST_APPLESS_MAIN(TestKnownHosts)
#include "tst_known_hosts.moc"
