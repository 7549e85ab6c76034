// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filter/warnings.h"

#include "core/filter/mirrord_pattern.h"
#include "core/filter/presets.h"
#include "core/filter/vocabulary.h"

#include <algorithm>

#include <QCoreApplication>
#include <QLocale>

namespace podglass::ui {

using filter::Field;
using filter::Filter;
using filter::Node;
using filter::Operator;
using filter::Rule;

namespace {

class Writer
{
    Q_DECLARE_TR_FUNCTIONS(FilterWarnings)

public:
    Writer(const Filter& filter, const Preview& preview, const Seen& seen)
        : m_filter(filter)
        , m_preview(preview)
        , m_seen(seen)
    {}

    void problem(const filter::Problem& problem)
    {
        Warning warning;
        warning.kind = problem.ofPattern ? WarningKind::Pattern : WarningKind::Problem;
        warning.focus = problem.path;
        const QString message = QString::fromStdString(problem.message);
        warning.text =
            problem.path.empty() ? message : tr("Rule %1: %2").arg(numberOf(problem.path), message);
        if (!problem.advice.empty())
            warning.text = tr("%1 – %2").arg(warning.text, QString::fromStdString(problem.advice));
        if (problem.ofPattern)
            mendPattern(problem.path, warning);
        warnings.push_back(std::move(warning));
    }

    void takesAll()
    {
        Warning warning;
        warning.kind = WarningKind::TakesAll;
        warning.text = tr("The filter is empty: it takes every request, of everybody.");
        warning.fix = tr("Add a rule");
        warning.fixed = m_filter;
        Rule rule;
        rule.field = Field::Header;
        warning.fixed->children.push_back(Node{std::move(rule)});
        warning.focus = Path{warning.fixed->children.size() - 1};
        warnings.push_back(std::move(warning));
    }

    void takesProbes()
    {
        Warning warning;
        if (m_preview.probes == 0) {
            warning.kind = WarningKind::NoProbes;
            warning.text = tr("No health probe among the matches – good.");
            warnings.push_back(std::move(warning));
            return;
        }
        warning.kind = WarningKind::TakesProbes;
        warning.text = tr("Takes health probes, too (%1 in the sample): where nothing answers "
                          "them, the pod is restarted.")
                           .arg(QLocale().toString(qulonglong(m_preview.probes)));
        warning.fix = tr("Leave out health probes");
        warning.fixed = m_filter;
        require(*warning.fixed, Node{filter::noHealthProbes()});
        warnings.push_back(std::move(warning));
    }

    void takesNone()
    {
        Warning warning;
        warning.kind = WarningKind::TakesNone;
        if (!unknownHeader(m_filter, {}, warning) && !decisiveRule(warning))
            warning.text = tr("None of the last %1 requests matches.")
                               .arg(QLocale().toString(qulonglong(m_preview.tally.subjects)));
        warnings.push_back(std::move(warning));
    }

    void takesMost()
    {
        Warning warning;
        warning.kind = WarningKind::TakesMost;
        warning.text = tr("Almost everything matches.");
        warning.fix = tr("Show what is left out");
        warning.showNotMatched = true;
        warnings.push_back(std::move(warning));
    }

    std::vector<Warning> warnings;

private:
    void mendPattern(const Path& path, Warning& warning)
    {
        warning.fixed = m_filter;
        Node* node = nodeAt(*warning.fixed, path);
        auto& rule = std::get<Rule>(node->item);
        if (auto rules = withoutLookAhead(rule)) {
            warning.fix = tr("Convert to rules");
            *node = std::move(*rules);
            return;
        }
        warning.fix = tr("Search for it as plain text");
        rule.op = Operator::Contains;
    }

    // The idioms "^(?!X)" and "^(?!.*X)" that other tools need for "not".
    static std::optional<Node> withoutLookAhead(const Rule& rule)
    {
        std::vector<std::string> notes;
        std::optional<Node> node;
        const bool tied = rule.value.starts_with('^');
        const std::string value = rule.value.substr(tied ? 1 : 0);
        if (!value.starts_with("(?!"))
            return std::nullopt;
        if (rule.field == Field::Header)
            node = filter::fromHeaderPattern("^" + rule.name + ": " + value, notes);
        else if (rule.field == Field::Path)
            node = filter::fromPathPattern("^" + value, notes);
        return node;
    }

    // A header name that the sample never had and that looks like one it had.
    bool unknownHeader(const filter::Group& group, const Path& path, Warning& warning)
    {
        for (std::size_t i = 0; i < group.children.size(); ++i) {
            Path here = path;
            here.push_back(i);
            const auto& item = group.children[i].item;
            if (const auto* inner = std::get_if<filter::Group>(&item)) {
                if (inner->enabled && unknownHeader(*inner, here, warning))
                    return true;
                continue;
            }
            const auto& rule = std::get<Rule>(item);
            const QString name = QString::fromStdString(rule.name);
            if (!rule.enabled || rule.field != Field::Header || rule.op == Operator::Absent
                || m_seen.hasHeader(name))
                continue;
            warning.focus = here;
            const Occurrence near = m_seen.nearestHeader(name);
            if (near.text.isEmpty()) {
                warning.text = tr("No request of the sample carries the header %1.").arg(name);
                return true;
            }
            warning.text = tr("Nothing matches: %1 was never seen; %2 was seen %3×.")
                               .arg(name, near.text, QLocale().toString(near.count));
            warning.fix = tr("Use %1").arg(near.text);
            warning.fixed = m_filter;
            std::get<Rule>(nodeAt(*warning.fixed, here)->item).name = near.text.toStdString();
            return true;
        }
        return false;
    }

    // The rule without which most would match.
    bool decisiveRule(Warning& warning)
    {
        const auto& counts = m_preview.tally.counts;
        const auto most = std::ranges::min_element(counts, {}, &filter::Count::effect);
        if (most == counts.end() || most->effect >= 0)
            return false;
        warning.text = tr("Nothing matches; without rule %1 there would be %2.")
                           .arg(numberOf(most->path), QLocale().toString(qlonglong(-most->effect)));
        warning.fix = tr("Switch rule %1 off").arg(numberOf(most->path));
        warning.focus = most->path;
        warning.fixed = m_filter;
        setEnabled(*warning.fixed, most->path, false);
        return true;
    }

    const Filter& m_filter;
    const Preview& m_preview;
    const Seen& m_seen;
};

} // namespace

std::vector<Warning> warningsFor(const Filter& filter,
                                 filter::Use use,
                                 const std::vector<filter::Problem>& problems,
                                 const Preview& preview,
                                 const Seen& seen)
{
    Writer writer(filter, preview, seen);
    for (const filter::Problem& problem : problems)
        writer.problem(problem);
    if (!problems.empty() || !preview.filter)
        return std::move(writer.warnings);
    const bool steal = use == filter::Use::Steal;
    const std::uint64_t subjects = preview.tally.subjects;
    const bool everything = preview.filter->matchesEverything();
    if (everything && steal)
        writer.takesAll();
    if (subjects > 0 && preview.tally.matched == 0)
        writer.takesNone();
    if (!everything && preview.tally.matched * 10 > subjects * 9)
        writer.takesMost();
    if (steal && preview.tally.matched > 0)
        writer.takesProbes();
    return std::move(writer.warnings);
}

} // namespace podglass::ui
