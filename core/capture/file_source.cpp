// SPDX-License-Identifier: Apache-2.0
#include "core/capture/file_source.h"

#include "core/capture/link_type.h"

#include <cerrno>
#include <cstdio>

#include <pcap/pcap.h>

namespace podglass::capture {

void FileSource::Closer::operator()(pcap* handle) const
{
    pcap_close(handle); // closes the file, too
}

FileSource::FileSource(std::string path, std::unique_ptr<pcap, Closer> handle, LinkType link)
    : m_path(std::move(path))
    , m_handle(std::move(handle))
    , m_link(link)
{}

base::Result<FileSource> FileSource::open(const std::string& path)
{
    std::FILE* file = std::fopen(path.c_str(), "rbe");
    if (file == nullptr)
        return base::systemError(errno, "open " + path, "check the path and its permissions");
    char problem[PCAP_ERRBUF_SIZE] = "";
    std::unique_ptr<pcap, Closer> handle(
        pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, problem));
    if (!handle) {
        std::fclose(file);
        return base::Error{
            problem, "open " + path, "the file must be a capture in pcap or pcapng format"};
    }
    const int number = pcap_datalink(handle.get());
    const auto link = linkTypeOf(number);
    if (!link) {
        return base::Error{"link type " + linkTypeText(number) + " is not decoded",
                           "open " + path,
                           "capture on an Ethernet, loopback, cooked (any), NFLOG or raw IP "
                           "interface"};
    }
    return FileSource(path, std::move(handle), *link);
}

base::Result<std::optional<Packet>> FileSource::next()
{
    pcap_pkthdr* header = nullptr;
    const u_char* bytes = nullptr;
    const int outcome = pcap_next_ex(m_handle.get(), &header, &bytes);
    if (outcome == PCAP_ERROR_BREAK)
        return std::optional<Packet>();
    if (outcome != 1)
        return readError();
    ++m_packets;
    constexpr std::int64_t second = 1'000'000'000;
    Packet packet;
    // The precision was set to nanoseconds, so tv_usec holds those.
    packet.at = {header->ts.tv_sec * second + header->ts.tv_usec};
    packet.bytes = {bytes, header->caplen};
    packet.wireLength = header->len;
    packet.link = m_link;
    return std::optional<Packet>(packet);
}

base::Error FileSource::readError() const
{
    const long position = std::ftell(pcap_file(m_handle.get()));
    return {pcap_geterr(m_handle.get()),
            "read " + m_path + " at byte " + std::to_string(position) + ", after "
                + std::to_string(m_packets) + " packets",
            "the packets before it were kept; the file is cut or damaged from there"};
}

} // namespace podglass::capture
