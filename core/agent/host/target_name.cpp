// SPDX-License-Identifier: Apache-2.0
#include "core/agent/host/target_name.h"

#include "core/agent/host/container_facts.h"
#include "core/telemetry/text_file.h"

#include <algorithm>

namespace podglass::agent {

namespace {

constexpr std::size_t idDigits = 64;
constexpr std::size_t shownIdDigits = 12;

std::string hostName(const std::filesystem::path& root)
{
    const auto text = telemetry::readTextFile(root / "proc/sys/kernel/hostname");
    std::string_view rest = text ? std::string_view(*text) : std::string_view("host");
    return std::string(telemetry::takeLine(rest));
}

void addWord(std::string& list, const std::string& word)
{
    if (!word.empty() && list.find(word) == std::string::npos)
        list += (list.empty() ? "" : ", ") + word;
}

// A pod's namespace belongs to its pause container; the user knows it by the others.
const Process* leadingMember(const std::filesystem::path& root,
                             const std::vector<const Process*>& members)
{
    const Process* leading = nullptr;
    for (const Process* member : members) {
        if (!member->container)
            continue;
        if (!containerFacts(root, member->container).sandbox && member->name != "pause")
            return member;
        if (leading == nullptr)
            leading = member;
    }
    return leading;
}

} // namespace

void nameContainer(const std::filesystem::path& root,
                   const std::vector<const Process*>& members,
                   const Process& leading,
                   wire::Target& target)
{
    const ContainerFacts facts = containerFacts(root, leading.container);
    // An id that is a name (containerd's) stays whole.
    const std::string& id = leading.container.id;
    const std::string shortId = id.size() == idDigits ? id.substr(0, shownIdDigits) : id;
    target.spec = "container:" + shortId;
    const bool pod = !leading.container.podUid.empty() || !facts.podName.empty();
    target.kind = pod ? "pod" : "container";
    if (!pod) {
        target.name = facts.name.empty() ? shortId : facts.name;
        addWord(target.detail, facts.image);
        addWord(target.detail, leading.container.runtime);
        return;
    }
    target.name = facts.podName.empty() ? "pod " + leading.container.podUid : facts.podName;
    addWord(target.detail, facts.podNamespace);
    std::vector<std::string> seen;
    for (const Process* member : members) {
        if (!member->container || std::ranges::find(seen, member->container.id) != seen.end())
            continue;
        seen.push_back(member->container.id);
        const ContainerFacts each = containerFacts(root, member->container);
        if (!each.sandbox)
            addWord(target.detail, each.name);
    }
}

std::string programOf(const Process& process)
{
    std::string program = process.command.substr(0, process.command.find(' '));
    if (program.ends_with(':')) // who changes its title, as sshd does: "sshd: root@pts/0"
        program.pop_back();
    return program;
}

wire::Target nameTarget(const std::filesystem::path& root,
                        const std::string& boundName,
                        const std::vector<const Process*>& members,
                        TargetPlace place)
{
    wire::Target target;
    const Process* leading = leadingMember(root, members);
    if (place.host || (place.own && leading == nullptr && boundName.empty())) {
        target.spec = "pid:1";
        target.kind = "host";
        target.name = hostName(root);
    } else if (leading != nullptr) {
        nameContainer(root, members, *leading, target);
    } else if (!boundName.empty()) {
        target.spec = "netns:" + boundName;
        target.kind = "netns";
        target.name = boundName;
        for (const Process* member : members)
            addWord(target.detail, member->name);
    } else {
        target.spec = "pid:" + std::to_string(members.front()->pid);
        target.kind = "process";
        target.name = members.front()->name;
        target.detail = programOf(*members.front());
    }
    if (place.own)
        target.spec = "self";
    return target;
}

} // namespace podglass::agent
