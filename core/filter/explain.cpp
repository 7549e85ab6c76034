// SPDX-License-Identifier: Apache-2.0
// Why a request matches or not: the tree once more, with what was found in words.
#include "core/filter/evaluate.h"
#include "core/filter/program.h"
#include "core/filter/vocabulary.h"
#include "core/filter/words.h"

namespace podglass::filter {

namespace {

// More values than this are counted, not listed.
constexpr std::size_t listedValues = 3;

std::string foundText(const Rule& rule, const Subject& subject)
{
    std::vector<std::string> values;
    std::size_t count = 0;
    forEachValue(rule.field, rule.name, subject, [&](std::string_view value) {
        if (++count <= listedValues)
            values.push_back(isNumeric(rule.field) ? std::string(value) : shownValue(value));
        return false;
    });
    if (count == 0)
        return "it is not there";
    if (count == 1)
        return "it is " + values.front();
    std::string text = "its values are " + values.front();
    for (std::size_t i = 1; i < values.size(); ++i)
        text += (i + 1 == count ? " and " : ", ") + values[i];
    if (count > listedValues)
        text += " and " + std::to_string(count - listedValues) + " more";
    return text;
}

class Explainer
{
public:
    Explainer(const std::vector<Step>& steps,
              const std::vector<RuleProgram>& rules,
              const Subject& subject)
        : m_steps(steps)
        , m_rules(rules)
        , m_subject(subject)
    {}

    // Returns whether the group holds; says nothing about itself.
    void walk(const Group& group, bool enabled)
    {
        for (std::size_t i = 0; i < group.children.size(); ++i) {
            m_path.push_back(i);
            if (const auto* rule = std::get_if<Rule>(&group.children[i].item))
                explainRule(*rule, enabled && rule->enabled);
            else
                explainGroup(std::get<Group>(group.children[i].item), enabled);
            m_path.pop_back();
        }
    }

    std::vector<Verdict> verdicts;

private:
    // The step of the current path, if it is live.
    const Step* live()
    {
        if (m_next < m_steps.size() && m_steps[m_next].path == m_path)
            return &m_steps[m_next++];
        return nullptr;
    }

    void explainRule(const Rule& rule, bool enabled)
    {
        Verdict verdict{m_path, false, enabled, ruleText(rule)};
        const Step* step = enabled ? live() : nullptr;
        if (step != nullptr) {
            verdict.met = m_rules[step->rule].holds(m_subject);
            verdict.text += ": " + foundText(rule, m_subject);
        } else {
            verdict.text += ": switched off";
        }
        verdicts.push_back(std::move(verdict));
    }

    void explainGroup(const Group& group, bool enabled)
    {
        const bool on = enabled && group.enabled;
        const std::size_t place = verdicts.size();
        const Step* step = on ? live() : nullptr;
        verdicts.push_back({m_path, false, on, {}});
        walk(group, on);
        std::size_t met = 0;
        for (std::size_t i = place + 1; i < verdicts.size(); ++i)
            met += verdicts[i].met && verdicts[i].path.size() == m_path.size() + 1 ? 1U : 0U;
        Verdict& verdict = verdicts[place];
        if (step == nullptr) {
            verdict.text = on ? "a group without rules" : "a group: switched off";
            return;
        }
        const std::string ofAll = std::to_string(met) + " of " + std::to_string(step->children);
        switch (group.kind) {
        case GroupKind::All:
            verdict.met = met == step->children;
            verdict.text = "all of these: " + ofAll + " are true";
            break;
        case GroupKind::Any:
            verdict.met = met > 0;
            verdict.text = "any of these: " + ofAll + " are true";
            break;
        case GroupKind::Not:
            verdict.met = met == 0;
            verdict.text = "none of these: " + ofAll + " are true";
            break;
        }
    }

    const std::vector<Step>& m_steps;
    const std::vector<RuleProgram>& m_rules;
    const Subject& m_subject;
    std::vector<std::size_t> m_path;
    std::size_t m_next = 1;
};

} // namespace

std::vector<Verdict> CompiledFilter::explain(const Subject& subject) const
{
    Explainer explainer(m_program->steps, m_program->rules, subject);
    explainer.walk(m_program->source, m_program->source.enabled);
    return std::move(explainer.verdicts);
}

} // namespace podglass::filter
