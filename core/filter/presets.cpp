// SPDX-License-Identifier: Apache-2.0
#include "core/filter/presets.h"

#include "core/filter/rule_program.h"

namespace podglass::filter {

Group noHealthProbes(std::span<const std::string> paths)
{
    Group group;
    group.kind = GroupKind::Not;
    for (const std::string_view agent : probeAgents) {
        Rule rule{Field::Header, "user-agent", Operator::StartsWith, std::string(agent)};
        group.children.push_back(Node{std::move(rule)});
    }
    for (const std::string& path : paths) {
        Rule rule{Field::Path, {}, Operator::Is, path};
        rule.caseSensitive = true;
        group.children.push_back(Node{std::move(rule)});
    }
    return group;
}

bool isHealthProbes(const Group& group)
{
    const Group preset = noHealthProbes();
    if (group.kind != GroupKind::Not || group.children.size() < preset.children.size())
        return false;
    for (std::size_t i = 0; i < group.children.size(); ++i) {
        if (i < preset.children.size()) {
            if (!(group.children[i] == preset.children[i]))
                return false;
            continue;
        }
        const auto* rule = std::get_if<Rule>(&group.children[i].item);
        if (rule == nullptr || rule->field != Field::Path || rule->op != Operator::Is)
            return false;
    }
    return true;
}

bool looksLikeProbe(std::span<const flow::HeaderField> fields)
{
    for (const flow::HeaderField& field : fields) {
        if (!sameName(field.name, "user-agent"))
            continue;
        for (const std::string_view agent : probeAgents) {
            if (sameName(field.value.substr(0, agent.size()), agent))
                return true;
        }
    }
    return false;
}

} // namespace podglass::filter
