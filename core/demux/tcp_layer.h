// SPDX-License-Identifier: Apache-2.0
// The TCP header and the options that the rest needs. Source: RFC 9293 3.1, RFC 7323, RFC 8684.
#pragma once

#include "core/demux/ip_layer.h"
#include "core/demux/segment.h"

namespace podglass::demux {

// False: malformed (header shorter than 5 words, longer than the packet, or not captured).
// Sets everything but vlan, at and badChecksum.
bool decodeTcp(const IpPacket& ip, Segment& segment);

// True when the checksum is wrong and not one that a network card was still to fill in: 0, or the
// sum over the pseudo header alone. Only whole segments can be judged; cut ones are taken as good.
bool hasBadChecksum(const IpPacket& ip);

} // namespace podglass::demux
