// SPDX-License-Identifier: Apache-2.0
// The kernel's filter, run by libpcap's own interpreter over packets written here.
#include "core/base/limits.h"
#include "core/capture/packet_filter.h"

#include "tests/support/packet_builder.h"

#include <array>

#include <QTest>

#include <pcap/pcap.h>

using namespace podglass;
using capture::LinkType;
using capture::PortSet;
using support::Bytes;

namespace {

class Filter
{
public:
    Filter(const PortSet& ports, LinkType link)
        : Filter(capture::PortFilter{ports, {}}, link)
    {}

    Filter(const capture::PortFilter& wanted, LinkType link)
        : m_handle(pcap_open_dead(static_cast<int>(link), 262'144))
    {
        const std::string text = capture::filterText(wanted, link);
        m_good = pcap_compile(m_handle, &m_program, text.c_str(), 1, PCAP_NETMASK_UNKNOWN) == 0;
    }

    ~Filter()
    {
        if (m_good)
            pcap_freecode(&m_program);
        pcap_close(m_handle);
    }

    Filter(const Filter&) = delete;
    Filter& operator=(const Filter&) = delete;

    [[nodiscard]] bool passes(const Bytes& frame) const
    {
        pcap_pkthdr header{};
        header.caplen = header.len = static_cast<bpf_u_int32>(frame.size());
        return m_good && pcap_offline_filter(&m_program, &header, frame.data()) != 0;
    }

    [[nodiscard]] bool good() const { return m_good; }

    [[nodiscard]] unsigned instructions() const { return m_program.bf_len; }

private:
    pcap_t* m_handle;
    bpf_program m_program{};
    bool m_good = false;
};

support::TcpSpec toPort(std::uint16_t port, bool v6 = false)
{
    support::TcpSpec spec;
    spec.source = flow::Endpoint::v4(0x0a000001, 40'000);
    spec.destination = flow::Endpoint::v4(0x0a000002, port);
    if (v6) {
        spec.source.address = {0xfd, 1};
        spec.destination.address = {0xfd, 2};
    }
    return spec;
}

} // namespace

class TestPacketFilter : public QObject
{
    Q_OBJECT

private slots:

    void portsBothWaysAndNothingElse()
    {
        const Filter filter({80, 8'080, 8'081, 8'082}, LinkType::Ethernet);
        QVERIFY(filter.good());
        for (const bool v6 : {false, true}) {
            QVERIFY(filter.passes(support::ethernetBytes(toPort(80, v6))));
            QVERIFY(filter.passes(support::ethernetBytes(toPort(8'081, v6))));
            QVERIFY(!filter.passes(support::ethernetBytes(toPort(81, v6))));
            auto answer = toPort(80, v6);
            std::swap(answer.source, answer.destination);
            QVERIFY(filter.passes(support::ethernetBytes(answer)));
        }
    }

    // A stolen port: of its connections only those that were open before.
    void portsOfSomePeersOnly()
    {
        const Filter filter(capture::PortFilter{{80}, {{8'080, {40'000, 41'000}}, {9'090, {}}}},
                            LinkType::Ethernet);
        QVERIFY(filter.good());
        for (const bool v6 : {false, true}) {
            auto spec = toPort(8'080, v6);
            for (const auto peer : std::array<std::uint16_t, 3>{40'000, 41'000, 42'000}) {
                spec.source.port = peer;
                QCOMPARE(filter.passes(support::ethernetBytes(spec)), peer != 42'000);
                auto answer = spec;
                std::swap(answer.source, answer.destination);
                QCOMPARE(filter.passes(support::ethernetBytes(answer)), peer != 42'000);
                const Bytes inside = support::ipBytes(spec);
                QCOMPARE(filter.passes(support::ethernetBytes(inside, {{0x8100, 7}})),
                         peer != 42'000);
            }
            QVERIFY(filter.passes(support::ethernetBytes(toPort(80, v6))));
            QVERIFY(!filter.passes(support::ethernetBytes(toPort(9'090, v6))));
        }
        QVERIFY((capture::PortFilter{{}, {{9'090, {}}}}).nothing());
        QVERIFY(!(capture::PortFilter{{}, {{9'090, {1}}}}).nothing());
        // Nothing but the old ones of one port, as many as may be named.
        capture::PortFilter most{{}, {{8'080, {}}}};
        for (std::uint16_t i = 0; i < limits::filteredPeers; ++i)
            most.ofPeers[8'080].insert(static_cast<std::uint16_t>(40'000 + 2 * i));
        const Filter many(most, LinkType::Ethernet);
        QVERIFY(many.good());
        QVERIFY(many.instructions() < 4'096); // BPF_MAXINSNS
        QVERIFY(many.passes(support::ethernetBytes(toPort(8'080))));
    }

    void vlanTags()
    {
        const Filter filter({80}, LinkType::Ethernet);
        for (const bool v6 : {false, true}) {
            const Bytes yes = support::ipBytes(toPort(80, v6));
            const Bytes no = support::ipBytes(toPort(81, v6));
            QVERIFY(filter.passes(support::ethernetBytes(yes, {{0x8100, 7}})));
            QVERIFY(!filter.passes(support::ethernetBytes(no, {{0x8100, 7}})));
            QVERIFY(filter.passes(support::ethernetBytes(yes, {{0x88a8, 7}, {0x8100, 8}})));
            QVERIFY(!filter.passes(support::ethernetBytes(no, {{0x88a8, 7}, {0x8100, 8}})));
        }
    }

    // T23: ports that the filter cannot see must not be lost.
    void fragmentsAndExtensionHeadersPass()
    {
        const Filter filter({80}, LinkType::Ethernet);
        const auto spec = toPort(81);
        for (const std::uint16_t bits : {std::uint16_t{0x2000}, std::uint16_t{0x0010}})
            QVERIFY(filter.passes(support::ethernetBytes(support::ipv4Bytes(
                spec.source, spec.destination, Bytes(40, 0), {.fragment = bits}))));
        QVERIFY(!filter.passes(support::ethernetBytes(support::ipv4Bytes(
            spec.source, spec.destination, Bytes(40, 0), {.fragment = 0x2000, .protocol = 17}))));
        const auto six = toPort(81, true);
        for (const int next : {0, 43, 44, 51, 60, 135})
            QVERIFY(filter.passes(support::ethernetBytes(support::ipv6Bytes(
                six.source, six.destination, Bytes(40, 0), static_cast<std::uint8_t>(next)))));
        QVERIFY(!filter.passes(support::ethernetBytes(
            support::ipv6Bytes(six.source, six.destination, Bytes(40, 0), 17))));
    }

    void everyLinkTypeCompiles()
    {
        for (const LinkType link : {LinkType::Ethernet,
                                    LinkType::Raw,
                                    LinkType::Null,
                                    LinkType::LinuxCooked,
                                    LinkType::LinuxCooked2})
            QVERIFY(Filter({80, 443}, link).good());
    }

    void manyPorts()
    {
        PortSet ports;
        for (std::uint16_t i = 0; i < limits::filteredPorts; ++i)
            ports.insert(static_cast<std::uint16_t>(1'000 + 2 * i));
        const Filter filter(ports, LinkType::Raw);
        QVERIFY(filter.good());
        QVERIFY(filter.instructions() < 4'096); // BPF_MAXINSNS
        QVERIFY(filter.passes(support::ipBytes(toPort(1'010))));
        QVERIFY(!filter.passes(support::ipBytes(toPort(1'011))));
        ports.insert(9'999);
        const Filter all(ports, LinkType::Raw);
        QVERIFY(all.passes(support::ipBytes(toPort(1'011))));
    }
};

QTEST_APPLESS_MAIN(TestPacketFilter)
#include "tst_packet_filter.moc"
