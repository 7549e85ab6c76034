// SPDX-License-Identifier: Apache-2.0
#include "core/base/digest.h"

#include <QTest>

using namespace podglass;

class TestDigest : public QObject
{
    Q_OBJECT

private slots:

    // FIPS 180-4 example and RFC 4231 test case 2.
    void knownAnswers()
    {
        const std::string abc = "abc";
        base::Sha256 sha;
        sha.update({reinterpret_cast<const std::uint8_t*>(abc.data()), 1});
        sha.update({reinterpret_cast<const std::uint8_t*>(abc.data()) + 1, 2});
        QCOMPARE(base::hex(sha.finish()),
                 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

        const std::string key = "Jefe";
        const std::string text = "what do ya want for nothing?";
        const auto mac =
            base::hmac({reinterpret_cast<const std::uint8_t*>(key.data()), key.size()},
                       {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
        QCOMPARE(base::hex(mac),
                 "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
};

QTEST_APPLESS_MAIN(TestDigest)
#include "tst_digest.moc"
