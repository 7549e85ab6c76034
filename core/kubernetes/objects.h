// SPDX-License-Identifier: Apache-2.0
// What Podglass knows of a cluster, as plain values: contexts of the user's kubeconfig, pods, and
// the workloads they belong to. All texts come from the API server and are not to be trusted:
// escape them before showing (models::visible, exporting::printable). Source: Kubernetes API v1
// (Pod, ObjectMeta, Probe), kubeconfig v1. Values; no thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace podglass::kubernetes {

struct Context
{
    std::string name; // what `kubectl --context` takes
    std::string cluster;
    std::string server; // "https://10.0.0.1:6443"
    std::string user;
    std::string nameSpace;                   // the context's default; "default" if it names none
    std::vector<std::string> login;          // command of an exec credential plugin, with arguments
    std::vector<std::string> loginVariables; // names of what it sets in the plugin's environment
    std::string loginHash;                   // of all that, values included; empty: no login
    bool current = false;                    // kubectl's current-context
    bool insecureSkipTlsVerify = false;      // warn as long as it is in use

    bool operator==(const Context&) const = default;
};

struct Port
{
    std::uint16_t number = 0;
    std::string name; // "http"; may be empty
    std::string container;

    bool operator==(const Port&) const = default;
};

enum class ProbeKind : std::uint8_t
{
    Liveness,
    Readiness,
    Startup,
};

// A health probe by HTTP; what a steal filter must let pass. Others (tcp, exec, gRPC) are not kept.
struct Probe
{
    ProbeKind kind = ProbeKind::Liveness;
    std::string container;
    std::uint16_t port = 0;
    std::string path; // "/healthz"
    std::vector<std::pair<std::string, std::string>> headers;
    std::uint32_t periodSeconds = 10;

    bool operator==(const Probe&) const = default;
};

struct Container
{
    std::string name;
    std::string image;
    std::string id; // hexadecimal, without "docker://"; empty: never started
    bool ready = false;
    bool running = false;
    std::uint32_t restarts = 0;
    std::string trouble; // "CrashLoopBackOff", "ImagePullBackOff"; else empty

    bool operator==(const Container&) const = default;
};

// Short kind names as people type them: "deploy", "sts", "ds", "job", "rs", "rc", "pod".
struct Owner
{
    std::string kind;
    std::string name;

    auto operator<=>(const Owner&) const = default;
};

struct Pod
{
    std::string uid; // the key; never used twice
    std::string nameSpace;
    std::string name;
    Owner owner;      // itself ("pod", name) if nothing controls it
    std::string node; // empty: not scheduled yet
    std::string address;
    std::string phase; // Pending, Running, Succeeded, Failed, Unknown
    bool ready = false;
    bool deleting = false;
    bool hostNetwork = false;
    std::int64_t created = 0; // seconds since the epoch
    std::uint32_t restarts = 0;
    std::map<std::string, std::string> labels;
    std::vector<Container> containers; // as in the spec
    std::vector<Port> ports;           // TCP only, as declared
    std::vector<Probe> probes;
    std::vector<std::string> agents; // ephemeral containers of Podglass that run in it

    bool operator==(const Pod&) const = default;
};

// The pods of one owner seen together. Only workloads that have pods are known.
struct Workload
{
    std::string nameSpace;
    Owner owner;
    std::uint32_t pods = 0;
    std::uint32_t ready = 0;
    std::uint32_t restarts = 0;                // of all pods
    std::int64_t created = 0;                  // of the oldest pod
    std::vector<Port> ports;                   // each once
    std::vector<Probe> probes;                 // each once
    std::map<std::string, std::string> labels; // those that all its pods share
    std::vector<std::string> podUids;

    // "k8s:shop/deploy/checkout": what Session::attach and the address take.
    [[nodiscard]] std::string spec() const;

    bool operator==(const Workload&) const = default;
};

// An agent pod of Podglass, anybody's: hidden from the lists, shown as "in use".
struct AgentUse
{
    std::string uid;       // of the agent pod
    std::string nameSpace; // where the agent pod is, which need not be the target's
    std::string name;
    std::string target; // "shop/checkout-7d9f", the pod that it looks at
    std::string client; // "ana@laptop"

    bool operator==(const AgentUse&) const = default;
};

// "k8s:shop/pod/checkout-7d9f"
std::string podSpec(const Pod& pod);

} // namespace podglass::kubernetes
