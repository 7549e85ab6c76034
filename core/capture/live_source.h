// SPDX-License-Identifier: Apache-2.0
// LiveSource: packets of one interface of the network namespace that the opening thread is in.
//
// Contract: non-blocking; dispatch() hands over what the kernel's ring holds, up to a number. With
// no filter set, nothing is captured. setFilter() may be called while it runs; packets that the old
// filter let into the ring may still come. On the loopback interface, where the kernel shows each
// packet on its way out and in, only the way in is taken, so every byte is seen once.
// Memory: the kernel's ring, ringBytesOf(). What the ring could not hold is counted by the kernel:
// takeDrops().
// Thread: one at a time; the descriptor is for a Loop. Source: pcap(3PCAP), packet(7).
#pragma once

#include "core/base/result.h"
#include "core/capture/packet.h"
#include "core/capture/packet_filter.h"

#include <functional>
#include <memory>
#include <string>

struct pcap;

namespace podglass::capture {

struct LiveOptions
{
    std::string interface;    // name
    std::uint32_t number = 0; // goes into Packet::interface
};

// Size of the kernel's ring for an interface.
std::size_t ringBytesOf(const std::string& interface);

class LiveSource
{
public:
    using Handler = std::function<void(const Packet&)>;

    static base::Result<LiveSource> open(const LiveOptions& options);

    // Replaces the kernel's filter; one of nothing lets nothing through.
    base::Status setFilter(const PortFilter& filter);

    // Hands over up to `most` packets and returns how many; an Error when the interface is gone.
    base::Result<std::size_t> dispatch(std::size_t most, const Handler& handler);

    // Readable when there are packets. Owned by this object.
    [[nodiscard]] int descriptor() const { return m_descriptor; }

    // Packets that the kernel dropped since the last call.
    std::uint64_t takeDrops();

    [[nodiscard]] const std::string& interface() const { return m_options.interface; }

    [[nodiscard]] LinkType linkType() const { return m_link; }

private:
    struct Closer
    {
        void operator()(pcap* handle) const;
    };

    using Handle = std::unique_ptr<pcap, Closer>;

    LiveSource(LiveOptions options, Handle handle, LinkType link, int descriptor);
    static base::Status activate(pcap* handle, const LiveOptions& options);
    [[nodiscard]] base::Error captureError(const std::string& what) const;

    LiveOptions m_options;
    Handle m_handle;
    LinkType m_link;
    int m_descriptor;
    bool m_nanoseconds;
    std::uint32_t m_dropsSeen = 0;
};

} // namespace podglass::capture
