// SPDX-License-Identifier: GPL-3.0-or-later
// Place: one line of everything that can be chosen: a target of a host, a workload or pod of a
// cluster, a host, a context, an address used before. Plain values; texts are a peer's, shown by
// way of shownText() only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace podglass::connect {

// What the filter by kind tells apart, in the order of the list.
enum class PlaceGroup : std::uint8_t
{
    Saved,    // an address used before, or kept under a name
    Workload, // deployment, stateful set …
    Pod,
    Container,
    Service,   // of systemd
    Namespace, // of the network
    Process,
    Host,    // this machine, an SSH host; as a target all of its network
    Context, // of the user's kubeconfig
};

inline constexpr std::size_t placeGroups = 9;

struct PlacePort
{
    std::uint16_t number = 0;
    std::string name;      // of the port or of who listens
    std::string container; // empty: not known

    bool operator==(const PlacePort&) const = default;
};

struct Place
{
    std::string key;    // one of a kind over all sources
    std::string spec;   // what is attached to; for hosts, contexts and addresses: the address
    std::string source; // the host or context that it is seen through; empty: none is needed
    PlaceGroup group = PlaceGroup::Host;
    std::string kind;      // "deploy", "container": as shown and as typed before a '/'
    std::string nameSpace; // Kubernetes
    std::string name;
    std::string status; // "3/3 ready", "CrashLoopBackOff"
    std::string detail; // image, runtime, program, where it is written
    std::string inUse;  // who looks at it already
    std::vector<PlacePort> ports;
    std::vector<std::string> containers;
    std::string labels; // "app=shop\ntier=web\n"
    std::uint32_t restarts = 0;
    std::int64_t created = 0; // seconds since the epoch; 0: not known
    bool trouble = false;     // the status is not a good one

    bool operator==(const Place&) const = default;
};

} // namespace podglass::connect
