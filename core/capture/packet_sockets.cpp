// SPDX-License-Identifier: Apache-2.0
#include "core/capture/packet_sockets.h"

#include <utility>

namespace podglass::capture {

namespace {

PacketSockets& ofThisThread()
{
    thread_local PacketSockets sockets;
    return sockets;
}

} // namespace

void offerPacketSockets(PacketSockets sockets)
{
    ofThisThread() = std::move(sockets);
}

const PacketSockets* offeredPacketSockets()
{
    const PacketSockets& sockets = ofThisThread();
    return sockets ? &sockets : nullptr;
}

} // namespace podglass::capture
