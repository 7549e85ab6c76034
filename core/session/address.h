// SPDX-License-Identifier: Apache-2.0
// Addresses of targets, the same for the window and podglassctl:
//   local/netns/NAME  local/pid/N  local/container/ID  local/service/UNIT  local/self
//   ssh://user@host:port/netns/NAME          built-in transport (podglass-ssh)
//   ssh+system://host/container/ID           the user's own ssh
//   ssh://host/pid/7?agent=127.0.0.1:7777&secret=FILE   an agent that listens there, forwarded
//   k8s/CONTEXT/NAMESPACE/deploy/NAME        through the user's kubectl; also sts, ds, job, pod, …
//   ssh://user@host/k8s/CONTEXT/NAMESPACE/deploy/NAME   through the kubectl of that host
//   agent+unix:/run/x.sock//pid/7   agent+tcp://127.0.0.1:7777/self   an agent that listens
// print(parse(a)) gives a canonical form of a.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace podglass::session {

enum class RoadKind : std::uint8_t
{
    Local,
    Ssh,       // podglass-ssh
    SystemSsh, // ssh from PATH
    Unix,      // an agent's socket file
    Tcp,       // an agent on 127.0.0.1 (or forwarded)
    Kubernetes,
};

// Kubernetes only. The context is Road::host (empty: the current one), the kubeconfig
// Road::configFile.
struct ClusterRoad
{
    std::string nameSpace;      // where to look for targets; empty: everywhere
    std::string image;          // of the agent; empty: the one of this release
    std::string agentNamespace; // where the agent's pods go; empty: beside the target
    bool mirrorOnly = false;    // ask for no right to steal
    std::string bastion;        // "user@host:port" of ssh, where kubectl runs; empty: here
    std::string bastionConfig;  // ssh_config for the way there; empty: ~/.ssh/config
    bool nodePod = false;       // a pod on the node, though a container could be added

    bool operator==(const ClusterRoad&) const = default;
};

// The way to an agent. A road never holds a secret; secretFile names a file (mode 0600).
struct Road
{
    RoadKind kind = RoadKind::Local;
    std::string user;
    std::string host;       // or ssh_config alias; Unix: socket path
    std::uint16_t port = 0; // 0: default
    std::string configFile; // ssh_config to read; empty: ~/.ssh/config
    std::string secretFile; // Unix, Tcp, agent
    bool sudo = false;      // start the agent with sudo, unless the account is root
    std::string agent;      // Ssh, SystemSsh: "127.0.0.1:7777" of an agent that listens there
    ClusterRoad cluster;

    bool operator==(const Road&) const = default;
};

struct Address
{
    Road road;
    // "netns:NAME", "pid:7", "container:ID", "service:UNIT", "self", "k8s:NAMESPACE/KIND/NAME";
    // empty: none chosen
    std::string target;

    bool operator==(const Address&) const = default;
};

base::Result<Address> parseAddress(std::string_view text);
std::string print(const Address& address);

} // namespace podglass::session
