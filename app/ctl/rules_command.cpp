// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/rules_command.h"

#include "core/export/printable.h"
#include "core/export/rules_text.h"

#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace podglass::ctl {

RulesCommand::RulesCommand(LiveOptions options, bool json)
    : LiveClient(std::move(options))
    , m_json(json)
{}

void RulesCommand::connected(const wire::Hello& agent)
{
    constexpr auto able = static_cast<std::uint64_t>(wire::Capability::Rules);
    if ((agent.capabilities & able) == 0)
        fail("this agent cannot read packet rules"
             + (agent.lacking.empty() ? std::string() : ": " + agent.lacking));
    else
        attachToTargets();
}

void RulesCommand::update(session::Update& update)
{
    if (const auto* failure = std::get_if<wire::Failure>(&update)) {
        fail(*failure);
    } else if (const auto* attached = std::get_if<wire::Attached>(&update)) {
        m_target = attached->name.empty() ? attached->spec : attached->name;
        session().listRules(attached->target);
    } else if (const auto* rules = std::get_if<wire::Rules>(&update)) {
        print(*rules);
        finish(0);
    }
}

void RulesCommand::print(const wire::Rules& rules) const
{
    if (m_json) {
        const nlohmann::json object{{"kind", "rules"},
                                    {"target", m_target},
                                    {"own", rules.own},
                                    {"others", rules.others},
                                    {"notes", rules.notes}};
        std::cout << object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
                  << std::endl;
        return;
    }
    std::istringstream lines(exporting::rulesText(rules, m_target));
    for (std::string line; std::getline(lines, line);) {
        const std::size_t indent = line.find_first_not_of('\t');
        std::cout << line.substr(0, indent)
                  << (indent == std::string::npos ? "" : exporting::printable(line.substr(indent)))
                  << '\n';
    }
    std::cout.flush();
}

} // namespace podglass::ctl
