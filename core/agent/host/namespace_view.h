// SPDX-License-Identifier: Apache-2.0
// What one network namespace looks like from inside: who listens where, which addresses it has.
#pragma once

#include "core/agent/host/processes.h"
#include "core/base/result.h"
#include "core/wire/message.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace podglass::agent {

struct NamespaceView
{
    std::vector<wire::ListeningPort> ports; // by port, then address
    std::vector<const Process*> owners;     // who listens on each of them; null: not known
    std::vector<std::string> addresses;
    std::uint32_t mainPid = 0; // of the process that listens, else of the oldest one
};

// Through any of its processes; `members` must all be of one namespace and is not empty.
NamespaceView viewNamespace(const std::filesystem::path& root,
                            const std::vector<const Process*>& members);

// One that has a name but may have no process: by entering it, on a thread of its own. Empty if
// that is not allowed.
NamespaceView viewEmptyNamespace(const std::filesystem::path& file);

// The ports on the other side of the namespace's TCP connections of `port`, each once.
base::Result<std::vector<std::uint16_t>> peerPortsOf(int networkNamespace, std::uint16_t port);

// Some of the processes of a namespace that many share: those of one container, of one service, or
// one process. Empty: all of them.
struct NamespacePart
{
    std::string container; // whole id
    std::string service;
    std::uint32_t pid = 0;

    [[nodiscard]] bool holds(const Process& process) const;
};

// The listening ports as wire::Attached tells them, with process names where they can be known. Of
// the part only where the namespace is the host's or our own, and all where the part has none.
std::vector<wire::ListeningPort> listeningPortsOf(int networkNamespace, const NamespacePart& part);

} // namespace podglass::agent
