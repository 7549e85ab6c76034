// SPDX-License-Identifier: Apache-2.0
// The processes of this host as far as /proc shows them. Files are read below `root` ("/" outside
// tests); a process that ends meanwhile is left out. Source: proc(5), namespaces(7).
#pragma once

#include "core/agent/host/container_id.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace podglass::agent {

struct Process
{
    std::uint32_t pid = 0;
    std::string name;                   // "nginx"; at most 15 characters (the kernel's comm)
    std::string command;                // with arguments, blanks between; cut at 200 bytes
    std::uint64_t networkNamespace = 0; // its inode number; 0: not allowed to look
    ContainerId container;
    std::string service; // "nginx.service"; empty: of none, or in a container
};

// By pid. Kernel threads are left out.
std::vector<Process> listProcesses(const std::filesystem::path& root);

// The inode number of the network namespace of `process` (a pid or "self"); 0: cannot be read.
std::uint64_t networkNamespaceOf(const std::filesystem::path& root, const std::string& process);

// Who holds each of the `wanted` socket inodes, among the processes of one namespace. Looks at no
// more than a fixed number of descriptors, so that a host with a million of them costs no second.
std::unordered_map<std::uint64_t, const Process*>
ownersOfSockets(const std::filesystem::path& root,
                const std::vector<const Process*>& processes,
                const std::unordered_set<std::uint64_t>& wanted);

} // namespace podglass::agent
