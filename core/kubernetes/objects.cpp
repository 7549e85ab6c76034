// SPDX-License-Identifier: Apache-2.0
#include "core/kubernetes/objects.h"

namespace podglass::kubernetes {

std::string Workload::spec() const
{
    return "k8s:" + nameSpace + "/" + owner.kind + "/" + owner.name;
}

std::string podSpec(const Pod& pod)
{
    return "k8s:" + pod.nameSpace + "/pod/" + pod.name;
}

} // namespace podglass::kubernetes
