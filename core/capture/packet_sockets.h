// SPDX-License-Identifier: Apache-2.0
// Packet sockets for a thread that may not make any. libpcap makes its own and can be given none,
// but it makes it by socket(2): a program that defines that function (app/agent/socket.cpp) asks
// here first. Thread: what is offered is offered to the calling thread alone.
// Source: packet(7), libpcap's pcap-linux.c.
#pragma once

#include "core/base/result.h"
#include "core/io/fd.h"

#include <functional>

namespace podglass::capture {

// `type` is SOCK_RAW or SOCK_DGRAM; 0: any socket of the namespace, to ask about its interfaces.
using PacketSockets = std::function<base::Result<io::Fd>(int type)>;

void offerPacketSockets(PacketSockets sockets);

// Null: none are offered to this thread.
const PacketSockets* offeredPacketSockets();

} // namespace podglass::capture
