// SPDX-License-Identifier: Apache-2.0
#include "core/agent/host/namespace_view.h"

#include "core/agent/host/network_files.h"
#include "core/agent/host/network_namespace.h"
#include "core/telemetry/text_file.h"

#include <algorithm>
#include <set>
#include <tuple>

#include <fcntl.h>

namespace podglass::agent {

namespace {

using std::filesystem::path;

constexpr std::size_t tableBytes = std::size_t{4} << 20; // 25,000 sockets

std::string readTable(const path& file)
{
    return telemetry::readTextFile(file, tableBytes).value_or(std::string());
}

std::vector<ListeningSocket> readListeners(const path& net)
{
    std::vector<ListeningSocket> all = listenersIn(readTable(net / "tcp"), false);
    const std::vector<ListeningSocket> version6 = listenersIn(readTable(net / "tcp6"), true);
    all.insert(all.end(), version6.begin(), version6.end());
    return all;
}

std::vector<std::string> readAddresses(const path& net)
{
    std::vector<std::string> all = addressesInFibTrie(readTable(net / "fib_trie"));
    const std::vector<std::string> version6 = addressesInIfInet6(readTable(net / "if_inet6"));
    all.insert(all.end(), version6.begin(), version6.end());
    return all;
}

void takeListeners(const path& root,
                   const std::vector<ListeningSocket>& listeners,
                   const std::vector<const Process*>& members,
                   NamespaceView& view)
{
    std::unordered_set<std::uint64_t> inodes;
    for (const ListeningSocket& listener : listeners)
        inodes.insert(listener.inode);
    const auto owners = ownersOfSockets(root, members, inodes);

    struct Owned
    {
        wire::ListeningPort port;
        const Process* owner = nullptr;
    };

    std::vector<Owned> found;
    for (const ListeningSocket& listener : listeners) {
        Owned owned{{listener.port, listener.address, {}}, nullptr};
        if (const auto owner = owners.find(listener.inode); owner != owners.end()) {
            owned.owner = owner->second;
            owned.port.process = owner->second->name;
            if (view.mainPid == 0)
                view.mainPid = owner->second->pid;
        }
        found.push_back(std::move(owned));
    }
    std::ranges::stable_sort(found, {}, [](const Owned& owned) {
        return std::tie(owned.port.port, owned.port.address, owned.port.process);
    });
    // One socket for each worker with SO_REUSEPORT is still one port.
    const auto samePort = [](const Owned& a, const Owned& b) { return a.port == b.port; };
    found.erase(std::unique(found.begin(), found.end(), samePort), found.end());
    for (Owned& owned : found) {
        view.ports.push_back(std::move(owned.port));
        view.owners.push_back(owned.owner);
    }
}

} // namespace

NamespaceView viewNamespace(const path& root, const std::vector<const Process*>& members)
{
    NamespaceView view;
    const path net = root / "proc" / std::to_string(members.front()->pid) / "net";
    view.addresses = readAddresses(net);
    takeListeners(root, readListeners(net), members, view);
    if (view.mainPid == 0)
        view.mainPid = members.front()->pid;
    return view;
}

NamespaceView viewEmptyNamespace(const path& file)
{
    NamespaceView view;
    const io::Fd descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!descriptor)
        return view;
    const auto look = [&] {
        const path net = "/proc/thread-self/net";
        view.addresses = readAddresses(net);
        takeListeners("/", readListeners(net), {}, view);
    };
    // Not being allowed in leaves the view empty: the name alone is still worth showing.
    static_cast<void>(runInNetworkNamespace(descriptor.get(), look));
    return view;
}

base::Result<std::vector<std::uint16_t>> peerPortsOf(int networkNamespace, std::uint16_t port)
{
    std::set<std::uint16_t> peers;
    const auto look = [&] {
        const path net = "/proc/thread-self/net";
        for (const char* table : {"tcp", "tcp6"})
            for (const std::uint16_t peer : peerPortsIn(readTable(net / table), port))
                peers.insert(peer);
    };
    if (const base::Status entered = runInNetworkNamespace(networkNamespace, look); !entered)
        return entered.error();
    return std::vector(peers.begin(), peers.end());
}

bool NamespacePart::holds(const Process& process) const
{
    if (!container.empty())
        return process.container.id == container;
    if (!service.empty())
        return process.service == service;
    return pid == 0 || process.pid == pid;
}

std::vector<wire::ListeningPort> listeningPortsOf(int networkNamespace, const NamespacePart& part)
{
    const std::uint64_t inode = networkNamespaceInode(networkNamespace);
    const std::vector<Process> processes = listProcesses("/");
    std::vector<const Process*> members;
    for (const Process& process : processes) {
        if (process.networkNamespace == inode)
            members.push_back(&process);
    }
    if (members.empty())
        return {};
    const NamespaceView view = viewNamespace("/", members);
    if (inode != networkNamespaceOf("/", "self") && inode != networkNamespaceOf("/", "1"))
        return view.ports;
    std::vector<wire::ListeningPort> own;
    for (std::size_t i = 0; i < view.ports.size(); ++i) {
        if (view.owners[i] != nullptr && part.holds(*view.owners[i]))
            own.push_back(view.ports[i]);
    }
    return own.empty() ? view.ports : own;
}

} // namespace podglass::agent
