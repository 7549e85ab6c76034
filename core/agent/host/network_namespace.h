// SPDX-License-Identifier: Apache-2.0
// Entering network namespaces. A thread, not the process, is in a namespace (setns(2)), so work in
// another one happens on a thread of its own and leaves the rest of the agent where it is.
#pragma once

#include "core/base/result.h"
#include "core/io/fd.h"

#include <cstdint>
#include <filesystem>
#include <functional>

namespace podglass::agent {

// Moves the calling thread for good. Nothing to do, and no right needed, if it is there already.
base::Status enterNetworkNamespace(int descriptor);

// Runs `work` inside and waits for it.
base::Status runInNetworkNamespace(int descriptor, const std::function<void()>& work);

// The namespace's identity; 0 on failure.
std::uint64_t networkNamespaceInode(int descriptor);
std::uint64_t networkNamespaceInode(const std::filesystem::path& path);

} // namespace podglass::agent
