// SPDX-License-Identifier: Apache-2.0
#include "core/capture/live_source.h"

#include "core/base/limits.h"
#include "core/capture/link_type.h"

#include <pcap/pcap.h>

namespace podglass::capture {

namespace {

// How long the kernel may keep a started block of the ring before it hands it over.
constexpr int blockTimeoutMilliseconds = 10;

bool isLoopback(const std::string& interface)
{
    return interface == "lo";
}

std::string placeOf(const std::string& interface)
{
    return "capture on " + interface;
}

std::string adviceFor(int code)
{
    switch (code) {
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
        return "the agent needs CAP_NET_RAW";
    case PCAP_ERROR_NO_SUCH_DEVICE:
    case PCAP_ERROR_IFACE_NOT_UP:
        return "check the interface's name and that it is up";
    default:
        return {};
    }
}

struct HandOver
{
    const LiveSource::Handler& handler;
    Packet packet;
    std::int64_t unit; // nanoseconds of one tv_usec
};

void handOver(u_char* user, const pcap_pkthdr* header, const u_char* bytes)
{
    auto& to = *reinterpret_cast<HandOver*>(user);
    constexpr std::int64_t second = 1'000'000'000;
    to.packet.at = {header->ts.tv_sec * second + header->ts.tv_usec * to.unit};
    to.packet.bytes = {bytes, header->caplen};
    to.packet.wireLength = header->len;
    to.handler(to.packet);
}

} // namespace

std::size_t ringBytesOf(const std::string& interface)
{
    return isLoopback(interface) ? limits::loopbackRingBytes : limits::captureRingBytes;
}

void LiveSource::Closer::operator()(pcap* handle) const
{
    pcap_close(handle);
}

LiveSource::LiveSource(LiveOptions options, Handle handle, LinkType link, int descriptor)
    : m_options(std::move(options))
    , m_handle(std::move(handle))
    , m_link(link)
    , m_descriptor(descriptor)
    , m_nanoseconds(pcap_get_tstamp_precision(m_handle.get()) == PCAP_TSTAMP_PRECISION_NANO)
{}

base::Result<LiveSource> LiveSource::open(const LiveOptions& options)
{
    char problem[PCAP_ERRBUF_SIZE] = "";
    Handle handle(pcap_create(options.interface.c_str(), problem));
    if (!handle)
        return base::Error{problem, placeOf(options.interface), {}};
    if (auto active = activate(handle.get(), options); !active)
        return active.error();
    const int number = pcap_datalink(handle.get());
    const auto link = linkTypeOf(number);
    if (!link) {
        return base::Error{"link type " + linkTypeText(number) + " is not decoded",
                           placeOf(options.interface),
                           "choose another interface"};
    }
    const int descriptor = pcap_get_selectable_fd(handle.get());
    LiveSource source(options, std::move(handle), *link, descriptor);
    if (descriptor < 0)
        return source.captureError("it cannot be waited for");
    if (pcap_setnonblock(source.m_handle.get(), 1, problem) != 0)
        return source.captureError(problem);
    if (auto closed = source.setFilter({}); !closed)
        return closed.error();
    return source;
}

base::Status LiveSource::activate(pcap* handle, const LiveOptions& options)
{
    pcap_set_snaplen(handle, static_cast<int>(limits::snapLength));
    pcap_set_buffer_size(handle, static_cast<int>(ringBytesOf(options.interface)));
    pcap_set_timeout(handle, blockTimeoutMilliseconds);
    pcap_set_promisc(handle, 0);
    // Where the kernel cannot, libpcap stays with microseconds.
    pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO);
    const int code = pcap_activate(handle);
    if (code < 0) {
        std::string what = pcap_geterr(handle);
        if (what.empty())
            what = pcap_statustostr(code);
        return base::Error{what, placeOf(options.interface), adviceFor(code)};
    }
    if (pcap_setdirection(handle, isLoopback(options.interface) ? PCAP_D_IN : PCAP_D_INOUT) != 0)
        return base::Error{pcap_geterr(handle), placeOf(options.interface), {}};
    return base::Done{};
}

base::Status LiveSource::setFilter(const PortFilter& filter)
{
    if (filter.nothing()) {
        bpf_insn refuse{BPF_RET | BPF_K, 0, 0, 0};
        bpf_program program{1, &refuse};
        if (pcap_setfilter(m_handle.get(), &program) != 0)
            return captureError(pcap_geterr(m_handle.get()));
        return base::Done{};
    }
    bpf_program program{};
    const std::string text = filterText(filter, m_link);
    if (pcap_compile(m_handle.get(), &program, text.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
        return captureError(pcap_geterr(m_handle.get()));
    const int outcome = pcap_setfilter(m_handle.get(), &program);
    pcap_freecode(&program);
    if (outcome != 0)
        return captureError(pcap_geterr(m_handle.get()));
    return base::Done{};
}

base::Result<std::size_t> LiveSource::dispatch(std::size_t most, const Handler& handler)
{
    HandOver to{handler, {}, m_nanoseconds ? 1 : 1'000};
    to.packet.link = m_link;
    to.packet.interface = m_options.number;
    const int count = pcap_dispatch(
        m_handle.get(), static_cast<int>(most), &handOver, reinterpret_cast<u_char*>(&to));
    if (count < 0 && count != PCAP_ERROR_BREAK)
        return captureError(pcap_geterr(m_handle.get()));
    return static_cast<std::size_t>(count < 0 ? 0 : count);
}

std::uint64_t LiveSource::takeDrops()
{
    pcap_stat stat{};
    if (pcap_stats(m_handle.get(), &stat) != 0)
        return 0;
    // The counter is 32 bits wide and wraps; the difference does not mind.
    const std::uint32_t fresh = stat.ps_drop - m_dropsSeen;
    m_dropsSeen = stat.ps_drop;
    return fresh;
}

base::Error LiveSource::captureError(const std::string& what) const
{
    return {what, placeOf(m_options.interface), "check that the interface still exists and is up"};
}

} // namespace podglass::capture
