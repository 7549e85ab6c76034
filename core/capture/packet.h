// SPDX-License-Identifier: Apache-2.0
// A captured packet, as the kernel or a file gave it.
#pragma once

#include "core/base/time.h"
#include "core/bytes/view.h"

#include <cstdint>

namespace podglass::capture {

// libpcap's DLT_ numbers (pcap-linktype(7)) that Podglass decodes.
enum class LinkType : std::uint16_t
{
    Null = 0,
    Ethernet = 1,
    Raw = 12,
    Loop = 108,
    LinuxCooked = 113,
    RawIp = 101,
    Ipv4 = 228,
    Ipv6 = 229,
    Nflog = 239,
    LinuxCooked2 = 276,
};

struct Packet
{
    base::Timestamp at;
    bytes::ByteView bytes;        // valid during the call that hands it over
    std::uint32_t wireLength = 0; // before any cut by the snapshot length
    LinkType link = LinkType::Ethernet;
    std::uint32_t interface = 0;
};

} // namespace podglass::capture
