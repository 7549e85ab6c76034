// SPDX-License-Identifier: Apache-2.0
// The commands of roads that a child carries. No secret is ever in them. Pure but for inPath().
#pragma once

#include "core/kubernetes/cluster.h"
#include "core/session/delivery.h"
#include "core/session/session.h"

#include <string>
#include <vector>

namespace podglass::session {

bool overSsh(const Road& road);

// "deploy@build-3", "[v6]"; how the road is called in messages.
std::string nameOf(const Road& road);

// `kind` may be another than the road's own: the user's ssh instead of podglass-ssh.
std::vector<std::string>
roadCommand(const Options& options, RoadKind kind, bool maySwitch, const AgentFile& agent);

// How the kubectl of a Kubernetes road is run: here, or by the user's own ssh on its bastion, which
// asks nothing (keys and ssh-agent only). One log-in for each kubectl.
kubernetes::Access accessOf(const Road& road);

bool inPath(const std::string& program);

} // namespace podglass::session
