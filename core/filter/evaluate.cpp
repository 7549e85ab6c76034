// SPDX-License-Identifier: Apache-2.0
#include "core/filter/evaluate.h"

#include "core/base/limits.h"
#include "core/filter/program.h"

#include <utility>

namespace podglass::filter {

namespace {

using Path = std::vector<std::size_t>;

// Puts the live nodes of the tree into a flat program, parents before children.
class Builder
{
public:
    Builder(Use use, std::vector<Step>& steps, std::vector<RuleProgram>& rules)
        : m_use(use)
        , m_steps(steps)
        , m_rules(rules)
    {}

    void addGroup(const Group& group, std::size_t parent)
    {
        const std::size_t self = m_steps.size();
        Step step;
        step.kind = group.kind;
        step.parent = parent;
        step.path = m_path;
        m_steps.push_back(std::move(step));
        if (m_path.size() > limits::filterDepth)
            refuse("groups are nested deeper than " + std::to_string(limits::filterDepth));
        else if (group.enabled)
            addChildren(group, self);
        m_steps[self].end = m_steps.size();
        // A group that says nothing is as if it were not there.
        if (self != 0 && m_steps[self].children == 0) {
            m_steps.resize(self);
            --m_steps[parent].children;
        }
    }

    std::vector<Problem> problems;

private:
    void addChildren(const Group& group, std::size_t self)
    {
        for (std::size_t i = 0; i < group.children.size(); ++i) {
            m_path.push_back(i);
            const auto& item = group.children[i].item;
            if (const auto* rule = std::get_if<Rule>(&item)) {
                if (rule->enabled)
                    addRule(*rule, self);
            } else if (std::get<Group>(item).enabled) {
                ++m_steps[self].children;
                addGroup(std::get<Group>(item), self);
            }
            m_path.pop_back();
        }
    }

    void addRule(const Rule& rule, std::size_t parent)
    {
        ++m_steps[parent].children;
        Step step;
        step.parent = parent;
        step.path = m_path;
        step.end = m_steps.size() + 1;
        step.rule = m_rules.size();
        m_steps.push_back(std::move(step));
        if (++m_ruleCount > limits::filterRules) {
            if (m_ruleCount == limits::filterRules + 1)
                refuse("there are more than " + std::to_string(limits::filterRules) + " rules");
            return;
        }
        auto made = makeProgram(rule, m_use);
        if (auto* problem = std::get_if<Problem>(&made)) {
            problem->path = m_path;
            problems.push_back(std::move(*problem));
            return;
        }
        m_rules.push_back(std::get<RuleProgram>(std::move(made)));
    }

    void refuse(std::string message)
    {
        Problem problem;
        problem.path = m_path;
        problem.message = std::move(message);
        problem.advice = "use a smaller filter";
        problems.push_back(std::move(problem));
    }

    Use m_use;
    std::vector<Step>& m_steps;
    std::vector<RuleProgram>& m_rules;
    Path m_path;
    std::size_t m_ruleCount = 0;
};

std::string pathInWords(const Path& path)
{
    std::string text = "rule ";
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (i != 0)
            text += '.';
        text += std::to_string(path[i] + 1);
    }
    return path.empty() ? "the filter" : text;
}

base::Error errorOf(const Problem& problem)
{
    std::string where = pathInWords(problem.path);
    if (!problem.rule.empty())
        where += " (" + problem.rule + ")";
    return {problem.message, std::move(where), problem.advice, base::Lasting::Persistent};
}

bool combine(GroupKind kind, std::size_t met, std::size_t children)
{
    switch (kind) {
    case GroupKind::All:
        return met == children;
    case GroupKind::Any:
        return met > 0 || children == 0;
    case GroupKind::Not:
        return met == 0;
    }
    return false;
}

struct Values
{
    std::vector<bool> value;
    std::vector<std::size_t> met; // of a group: how many children are
};

// The value of the whole filter if step `i` were switched off.
bool without(std::size_t i, const std::vector<Step>& steps, const Values& now)
{
    while (i != 0) {
        const std::size_t parent = steps[i].parent;
        std::size_t children = steps[parent].children - 1;
        std::size_t met = now.met[parent] - (now.value[i] ? 1 : 0);
        i = parent;
        if (children == 0 && parent != 0)
            continue; // the group goes as well
        // From here on only a value changes, or nothing.
        bool value = combine(steps[i].kind, met, children);
        while (i != 0 && value != now.value[i]) {
            const std::size_t up = steps[i].parent;
            met = now.met[up] + (value ? 1 : 0) - (now.value[i] ? 1 : 0);
            value = combine(steps[up].kind, met, steps[up].children);
            i = up;
        }
        return i == 0 ? value : now.value[0];
    }
    return true;
}

} // namespace

std::vector<Problem> problems(const Filter& filter, Use use)
{
    std::vector<Step> steps;
    std::vector<RuleProgram> rules;
    Builder builder(use, steps, rules);
    builder.addGroup(filter, 0);
    return std::move(builder.problems);
}

CompiledFilter::CompiledFilter(std::unique_ptr<const Program> program)
    : m_program(std::move(program))
{}

CompiledFilter::~CompiledFilter() = default;

base::Result<std::shared_ptr<const CompiledFilter>> CompiledFilter::compile(const Filter& filter,
                                                                            Use use)
{
    auto program = std::make_unique<Program>();
    Builder builder(use, program->steps, program->rules);
    builder.addGroup(filter, 0);
    if (!builder.problems.empty())
        return errorOf(builder.problems.front());
    program->source = filter;
    return std::shared_ptr<const CompiledFilter>(new CompiledFilter(std::move(program)));
}

bool CompiledFilter::Program::run(std::size_t i, const Subject& subject) const
{
    const Step& step = steps[i];
    if (step.rule != Step::none)
        return rules[step.rule].holds(subject);
    for (std::size_t child = i + 1; child < step.end; child = steps[child].end) {
        const bool value = run(child, subject);
        if (step.kind == GroupKind::All && !value)
            return false;
        if (step.kind != GroupKind::All && value)
            return step.kind == GroupKind::Any;
    }
    return step.kind != GroupKind::Any || step.children == 0;
}

bool CompiledFilter::matches(const Subject& subject) const
{
    return m_program->run(0, subject);
}

bool CompiledFilter::tally(const Subject& subject, Tally& tally) const
{
    const std::vector<Step>& steps = m_program->steps;
    if (tally.counts.empty()) {
        for (const Step& step : steps)
            tally.counts.push_back({step.path, 0, 0});
        tally.counts.erase(tally.counts.begin()); // the root
    }
    Values now{std::vector<bool>(steps.size()), std::vector<std::size_t>(steps.size())};
    for (std::size_t i = steps.size(); i-- > 0;) {
        const Step& step = steps[i];
        now.value[i] = step.rule != Step::none ? m_program->rules[step.rule].holds(subject)
                                               : combine(step.kind, now.met[i], step.children);
        if (i != 0 && now.value[i])
            ++now.met[step.parent];
    }
    const bool matched = now.value[0];
    for (std::size_t i = 1; i < steps.size(); ++i) {
        Count& count = tally.counts[i - 1];
        count.met += now.value[i] ? 1U : 0U;
        count.effect += (matched ? 1 : 0) - (without(i, steps, now) ? 1 : 0);
    }
    ++tally.subjects;
    tally.matched += matched ? 1U : 0U;
    return matched;
}

const Filter& CompiledFilter::source() const
{
    return m_program->source;
}

bool CompiledFilter::matchesEverything() const
{
    return m_program->steps.size() == 1;
}

} // namespace podglass::filter
