// SPDX-License-Identifier: Apache-2.0
#include "core/agent/host/network_files.h"

#include <QTest>

using namespace podglass;

class TestNetworkFiles : public QObject
{
    Q_OBJECT

private slots:

    void onlyListenersOfVersion4()
    {
        const auto found = agent::listenersIn(
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
            "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0     "
            "   0 33012 1 0000000000000000 100 0 0 10 0\n"
            "   1: 0200000A:0050 0300000A:C350 01 00000000:00000000 00:00000000 00000000     0     "
            "   0 33013 1 0000000000000000 100 0 0 10 0\n",
            false);
        const std::vector<agent::ListeningSocket> expected{{8080, "127.0.0.1", 33012}};
        QVERIFY(found == expected);
    }

    void version6()
    {
        const auto found =
            agent::listenersIn("heading\n   0: 00000000000000000000000001000000:0050 00000000:0000 "
                               "0A 0:0 0:0 0 0 0 7 1\n",
                               true);
        const std::vector<agent::ListeningSocket> expected{{80, "::1", 7}};
        QVERIFY(found == expected);
    }

    void peersOfAPort()
    {
        const auto found = agent::peerPortsIn(
            "heading\n"
            "   0: 00000000:1F90 00000000:0000 0A 0:0 0:0 0 0 0 1 1\n" // listens
            "   1: 0200000A:1F90 0300000A:C350 01 0:0 0:0 0 0 0 2 1\n"
            "   2: 0200000A:1F90 0400000A:C350 01 0:0 0:0 0 0 0 3 1\n"  // the same port elsewhere
            "   3: 0200000A:1F90 0300000A:C351 03 0:0 0:0 0 0 0 0 1\n"  // its handshake is on
            "   4: 0200000A:1F90 0300000A:C352 06 0:0 0:0 0 0 0 0 1\n"  // TIME_WAIT
            "   5: 0200000A:0050 0300000A:C353 01 0:0 0:0 0 0 0 4 1\n"  // another port
            "   6: 0200000A:C354 0300000A:1F90 01 0:0 0:0 0 0 0 5 1\n", // as a client
            8080);
        QVERIFY((found == std::vector<std::uint16_t>{50'000, 50'001}));
    }

    void nonsenseIsSkipped()
    {
        QVERIFY(agent::peerPortsIn("h\n0: 1F90 x:y 01\n\n1: 0:1F90\n", 8080).empty());

        QVERIFY(agent::listenersIn("", false).empty());
        QVERIFY(agent::listenersIn("h\n\n0: zz:1 x 0A\n0: 0100007F:99999 0 0A 0 0 0 0 0 1\n", false)
                    .empty());
        QVERIFY(agent::addressesInFibTrie("|-- \n/32 host LOCAL\n").size() <= 1);
        QVERIFY(agent::addressesInIfInet6("xyz\n00\n").empty());
    }

    void addressesOnceAndWithoutLoopback()
    {
        const auto found = agent::addressesInFibTrie("Main:\n"
                                                     "  +-- 0.0.0.0/0 3 0 5\n"
                                                     "     |-- 10.1.0.0\n"
                                                     "        /24 link UNICAST\n"
                                                     "     |-- 10.1.0.7\n"
                                                     "        /32 host LOCAL\n"
                                                     "     |-- 10.1.0.255\n"
                                                     "        /32 link BROADCAST\n"
                                                     "     |-- 127.0.0.1\n"
                                                     "        /32 host LOCAL\n"
                                                     "Local:\n"
                                                     "     |-- 10.1.0.7\n"
                                                     "        /32 host LOCAL\n");
        QVERIFY(found == std::vector<std::string>{"10.1.0.7"});
        const auto version6 =
            agent::addressesInIfInet6("00000000000000000000000000000001 01 80 10 80       lo\n"
                                      "fe800000000000000000000000000001 02 40 20 80     eth0\n"
                                      "fd000000000000000000000000000009 02 40 00 80     eth0\n");
        QVERIFY(version6 == std::vector<std::string>{"fd00::9"});
    }
};

QTEST_APPLESS_MAIN(TestNetworkFiles)
#include "tst_network_files.moc"
