// SPDX-License-Identifier: Apache-2.0
#include "core/agent/host/namespace_parts.h"

#include "core/agent/host/target_name.h"

#include <algorithm>
#include <string_view>

namespace podglass::agent {

namespace {

constexpr std::string_view unitEnd = ".service";

wire::Target describe(const std::filesystem::path& root, const Process& owner)
{
    wire::Target target;
    target.pid = owner.pid;
    if (owner.container) {
        nameContainer(root, {&owner}, owner, target);
        target.detail += target.detail.empty() ? "host network" : ", host network";
    } else if (!owner.service.empty()) {
        target.spec = "service:" + owner.service;
        target.kind = "service";
        target.name = owner.service.substr(0, owner.service.size() - unitEnd.size());
        target.detail = programOf(owner);
    } else {
        target.spec = "pid:" + std::to_string(owner.pid);
        target.kind = "process";
        target.name = owner.name;
        target.detail = programOf(owner);
    }
    return target;
}

} // namespace

std::vector<wire::Target> partsOf(const std::filesystem::path& root, const NamespaceView& view)
{
    std::vector<wire::Target> parts;
    for (std::size_t i = 0; i < view.ports.size(); ++i) {
        const Process* owner = view.owners[i];
        if (owner == nullptr || (owner->pid == 1 && owner->service.empty()))
            continue;
        wire::Target described = describe(root, *owner);
        auto found = std::ranges::find(parts, described.spec, &wire::Target::spec);
        if (found == parts.end())
            found = parts.insert(parts.end(), std::move(described));
        found->ports.push_back(view.ports[i]);
    }
    for (wire::Target& part : parts)
        part.addresses = view.addresses;
    return parts;
}

} // namespace podglass::agent
