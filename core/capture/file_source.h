// SPDX-License-Identifier: Apache-2.0
// FileSource: packets of a pcap or pcapng file, read by libpcap.
// Contract: next() gives packets in file order with nanosecond times; a file that ends inside a
// packet gives everything before it, then an Error with the position. Packets read so far are
// counted, so the caller can say how much it kept.
// Thread: one at a time. Source: pcap-savefile(5), pcap_next_ex(3PCAP).
#pragma once

#include "core/base/result.h"
#include "core/capture/packet.h"

#include <memory>
#include <optional>
#include <string>

struct pcap;

namespace podglass::capture {

class FileSource
{
public:
    // Refuses what is not a capture and link types that are not decoded, by name.
    static base::Result<FileSource> open(const std::string& path);

    // Empty at the end of the file. The bytes are valid until the next call.
    base::Result<std::optional<Packet>> next();

    [[nodiscard]] std::uint64_t packetsRead() const { return m_packets; }

    [[nodiscard]] LinkType linkType() const { return m_link; }

private:
    struct Closer
    {
        void operator()(pcap* handle) const;
    };

    FileSource(std::string path, std::unique_ptr<pcap, Closer> handle, LinkType link);
    [[nodiscard]] base::Error readError() const;

    std::string m_path;
    std::unique_ptr<pcap, Closer> m_handle;
    LinkType m_link;
    std::uint64_t m_packets = 0;
};

} // namespace podglass::capture
