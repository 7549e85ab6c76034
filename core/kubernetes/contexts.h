// SPDX-License-Identifier: Apache-2.0
// The contexts of the user's kubeconfig, from `kubectl config view`, which merges the files of
// KUBECONFIG and leaves out every secret. Local: no server is asked, no login program is run. The
// kubeconfig is never written.
#pragma once

#include "core/kubernetes/kubectl.h"

#include <memory>

namespace podglass::kubernetes {

// In the order of the file. An error if there is no kubectl or the file cannot be read.
base::Result<std::vector<Context>> contextsFrom(std::string_view configView);

// `done` comes from the loop; destroying what is returned (also inside `done`) cancels it.
using ContextsDone = std::function<void(const base::Result<std::vector<Context>>&)>;
[[nodiscard]] std::unique_ptr<KubectlRun>
readContexts(io::Loop& loop, const Access& access, ContextsDone done);

} // namespace podglass::kubernetes
