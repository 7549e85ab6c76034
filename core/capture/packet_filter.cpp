// SPDX-License-Identifier: Apache-2.0
#include "core/capture/packet_filter.h"

#include "core/base/limits.h"

#include <algorithm>

namespace podglass::capture {

namespace {

std::string portTerms(const PortSet& ports)
{
    std::string text;
    for (auto first = ports.begin(); first != ports.end();) {
        auto last = first;
        while (std::next(last) != ports.end() && *std::next(last) == *last + 1)
            ++last;
        text += text.empty() ? "" : " or ";
        if (first == last)
            text += "tcp port " + std::to_string(*first);
        else
            text += "tcp portrange " + std::to_string(*first) + "-" + std::to_string(*last);
        first = std::next(last);
    }
    return text;
}

std::string peerTerms(const PortFilter& filter)
{
    std::string text;
    for (const auto& [port, peers] : filter.ofPeers) {
        if (peers.empty() || filter.ports.contains(port))
            continue;
        text += text.empty() ? "" : " or ";
        text += "(tcp port " + std::to_string(port) + " and (" + portTerms(peers) + "))";
    }
    return text;
}

std::string knownTerms(const PortFilter& filter)
{
    if (filter.ports.size() > limits::filteredPorts)
        return "tcp";
    const std::string whole = portTerms(filter.ports);
    const std::string some = peerTerms(filter);
    return whole + (whole.empty() || some.empty() ? "" : " or ") + some;
}

// "tcp port" looks at first fragments only and not behind extension headers (both directions of
// doubt pass): hop-by-hop 0, routing 43, fragment 44, AH 51, destination 60, mobility 135,
// HIP 139, shim6 140; AH in IPv4 is protocol 51.
std::string networkText(const PortFilter& filter)
{
    std::string text =
        "(" + knownTerms(filter) + " or ip proto 51 or (ip proto 6 and ip[6:2] & 0x3fff != 0)";
    for (const char* header : {"0", "43", "44", "51", "60", "135", "139", "140"})
        text += std::string(" or ip6[6] = ") + header;
    return text + ")";
}

bool hasVlanTags(LinkType link)
{
    return link == LinkType::Ethernet;
}

} // namespace

bool PortFilter::nothing() const
{
    return ports.empty()
           && std::ranges::all_of(ofPeers, [](const auto& entry) { return entry.second.empty(); });
}

std::string filterText(const PortFilter& filter, LinkType link)
{
    const std::string network = networkText(filter);
    if (!hasVlanTags(link))
        return network;
    // Each `vlan` moves the offsets of everything to its right by one tag.
    return network + " or (vlan and (" + network + " or (vlan and " + network + ")))";
}

} // namespace podglass::capture
