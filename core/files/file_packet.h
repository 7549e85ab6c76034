// SPDX-License-Identifier: Apache-2.0
// FilePacket: a packet of a capture file with what pcapng may say about it.
#pragma once

#include "core/capture/packet.h"

#include <string>

namespace podglass::files {

struct FilePacket : capture::Packet
{
    std::string comment; // opt_comment; several are separated by line feeds
};

// An interface of a file. Its number in packets is its place in the list.
struct FileInterface
{
    int link = 0; // LINKTYPE_ number, decoded or not
    std::string name;
    std::uint32_t snapLength = 0; // 0: no limit
};

} // namespace podglass::files
