// SPDX-License-Identifier: Apache-2.0
// A peer for the benchmarks: TCP streams as libnids puts them together, counted and forgotten.
//   nids_reader -r FILE | nids_reader INTERFACE FILTER     ends on SIGINT; prints what it saw
// libnids is GPL-2: this program is built for measuring only and is no part of Podglass.
#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <nids.h>

#include <pcap/pcap.h>

namespace {

// As much as the library is given in practice; a ring below a super-packet's block would lose all.
constexpr int ringBytes = 32 << 20;
constexpr int snapLength = 262'144;

unsigned long long payload = 0;
unsigned long long streams = 0;
pcap_t* source = nullptr;

void onTcp(tcp_stream* stream, void** /*own*/)
{
    if (stream->nids_state == NIDS_JUST_EST) {
        stream->client.collect = stream->server.collect = 1;
        ++streams;
    } else if (stream->nids_state == NIDS_DATA) {
        payload += static_cast<unsigned>(stream->client.count_new + stream->server.count_new);
    }
}

pcap_t* openLive(const char* interface, const char* filter, char* problem)
{
    pcap_t* live = pcap_create(interface, problem);
    pcap_set_snaplen(live, snapLength);
    pcap_set_timeout(live, 10);
    pcap_set_buffer_size(live, ringBytes);
    bpf_program program{};
    if (pcap_activate(live) < 0
        || pcap_compile(live, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0
        || pcap_setfilter(live, &program) != 0) {
        std::snprintf(problem, PCAP_ERRBUF_SIZE, "%s", pcap_geterr(live));
        return nullptr;
    }
    return live;
}

} // namespace

int main(int count, char** words)
{
    if (count != 3) {
        std::fputs("nids_reader -r FILE | nids_reader INTERFACE FILTER\n", stderr);
        return 2;
    }
    std::array<char, PCAP_ERRBUF_SIZE> problem{};
    source = std::strcmp(words[1], "-r") == 0 ? pcap_open_offline(words[2], problem.data())
                                              : openLive(words[1], words[2], problem.data());
    if (source == nullptr) {
        std::fprintf(stderr, "%s\n", problem.data());
        return 1;
    }
    nids_params.pcap_desc = source;
    nids_params.scan_num_hosts = 0;
    nids_params.n_tcp_streams = 65'536;
    nids_params.tcp_workarounds = 1;
    if (nids_init() == 0) {
        std::fprintf(stderr, "%s\n", nids_errbuf);
        return 1;
    }
    // Checksums of a veth are left to an adapter that is not there.
    nids_chksum_ctl everywhere{0, 0, NIDS_DONT_CHKSUM, 0};
    nids_register_chksum_ctl(&everywhere, 1);
    nids_register_tcp(reinterpret_cast<void*>(&onTcp));
    std::signal(SIGINT, [](int) { pcap_breakloop(source); });
    pcap_loop(source, -1, reinterpret_cast<pcap_handler>(&nids_pcap_handler), nullptr);
    pcap_stat seen{};
    pcap_stats(source, &seen);
    std::printf("nids seen=%u drop=%u streams=%llu payload=%llu\n",
                seen.ps_recv,
                seen.ps_drop,
                streams,
                payload);
    return 0;
}
