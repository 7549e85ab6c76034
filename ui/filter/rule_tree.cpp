// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filter/rule_tree.h"

#include "core/filter/presets.h"

#include "ui/filter/group_box.h"
#include "ui/filter/rule_row.h"
#include "ui/theme/theme.h"

#include <algorithm>

#include <QBoxLayout>
#include <QTimer>

namespace podglass::ui {

using filter::Filter;
using filter::Group;
using filter::Node;
using filter::Rule;

RuleTree::RuleTree(filter::Use use, QWidget* parent)
    : QScrollArea(parent)
    , m_use(use)
{
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    showFilter({});
}

RuleTree::~RuleTree() = default;

void RuleTree::showFilter(const Filter& filter)
{
    Path focused;
    QString part;
    for (const RuleRow* row : m_ruleRows) {
        if (const QString inside = row->focusedPart(); !inside.isEmpty()) {
            focused = row->path();
            part = inside;
        }
    }
    m_filter = filter;
    m_ruleRows.clear();
    m_groups.clear();
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(theme::gapLarge, theme::gap, theme::gap, theme::gap);
    layout->addWidget(build(m_filter, {}));
    layout->addStretch();
    if (QWidget* old = takeWidget()) {
        old->hide();
        old->deleteLater(); // it may be in the middle of an event
    }
    setWidget(page);
    if (RuleRow* row = rowAt(focused); row != nullptr && !part.isEmpty())
        row->focusPart(part);
}

GroupBox* RuleTree::build(const Group& group, const Path& path)
{
    auto* box = new GroupBox(*this, path, group);
    m_groups.push_back(box);
    for (std::size_t i = 0; i < group.children.size(); ++i) {
        Path here = path;
        here.push_back(i);
        if (const auto* rule = std::get_if<Rule>(&group.children[i].item)) {
            auto* row = new RuleRow(*this, here, *rule, m_use);
            m_ruleRows.push_back(row);
            box->rows()->addWidget(row);
        } else {
            box->rows()->addWidget(build(std::get<Group>(group.children[i].item), here));
        }
    }
    return box;
}

void RuleTree::showTally(const filter::Tally& tally, bool stale)
{
    const auto countOf = [&tally](const Path& path) -> const filter::Count* {
        const auto found = std::ranges::find(tally.counts, path, &filter::Count::path);
        return tally.subjects == 0 || found == tally.counts.end() ? nullptr : &*found;
    };
    for (RuleRow* row : m_ruleRows)
        row->showCount(countOf(row->path()), stale);
    for (GroupBox* box : m_groups)
        box->showCount(countOf(box->path()), stale);
}

void RuleTree::showProblems(const std::vector<filter::Problem>& problems)
{
    for (RuleRow* row : m_ruleRows) {
        const auto found = std::ranges::find(problems, row->path(), &filter::Problem::path);
        row->showProblem(found == problems.end() ? QString()
                                                 : QString::fromStdString(found->message));
    }
}

void RuleTree::setSeen(Seen seen)
{
    m_seen = std::move(seen);
}

RuleRow* RuleTree::rowAt(const Path& path) const
{
    const auto found = std::ranges::find(m_ruleRows, path, &RuleRow::path);
    return found == m_ruleRows.end() ? nullptr : *found;
}

void RuleTree::focusRow(const Path& path)
{
    if (RuleRow* row = rowAt(path)) {
        row->focusFirstGap();
        // Its place is known once the layout has run.
        QTimer::singleShot(0, row, [this, row] { ensureWidgetVisible(row); });
    }
}

void RuleTree::changeRule(const Path& path, const Rule& rule, const QString& key)
{
    Node* node = nodeAt(m_filter, path);
    if (node == nullptr || node->item == decltype(node->item)(rule))
        return;
    node->item = rule;
    emit edited(m_filter, key, false);
}

void RuleTree::changeGroup(const Path& path, filter::GroupKind kind, bool enabled)
{
    Group* group = groupAt(m_filter, path);
    if (group == nullptr)
        return;
    group->kind = kind;
    group->enabled = enabled;
    emit edited(m_filter, {}, false);
}

void RuleTree::reshape(const std::function<void(Filter&)>& change, const Path& focus)
{
    Filter next = m_filter;
    change(next);
    emit edited(next, {}, true);
    if (!focus.empty())
        focusRow(focus);
}

void RuleTree::append(const Path& group, Node node, const Path& below)
{
    const Group* into = groupAt(m_filter, group);
    if (into == nullptr)
        return;
    Path path = group;
    path.push_back(into->children.size());
    Path focus = path;
    focus.insert(focus.end(), below.begin(), below.end());
    reshape([&](Filter& next) { insertNode(next, path, std::move(node)); }, focus);
}

void RuleTree::addRule(const Path& group)
{
    Rule rule;
    rule.field = filter::Field::Header;
    append(group, Node{std::move(rule)}, {});
}

void RuleTree::addGroup(const Path& group)
{
    Rule rule;
    rule.field = filter::Field::Header;
    append(group, Node{Group{filter::GroupKind::Any, {Node{std::move(rule)}}}}, {0});
}

void RuleTree::addProbes(const Path& group)
{
    append(group, Node{filter::noHealthProbes()}, {});
}

void RuleTree::remove(const Path& path)
{
    // The focus goes to the row that moves up, or to the last one.
    Path focus = path;
    const Group* parent = groupAt(m_filter, Path(path.begin(), path.end() - 1));
    if (parent != nullptr && path.back() + 1 == parent->children.size() && path.back() > 0)
        --focus.back();
    reshape([&](Filter& next) { removeNode(next, path); }, focus);
}

void RuleTree::duplicate(const Path& path)
{
    const Node* node = nodeAt(m_filter, path);
    if (node == nullptr)
        return;
    Path below = path;
    ++below.back();
    reshape([&](Filter& next) { insertNode(next, below, *node); }, below);
}

void RuleTree::move(const Path& path, int steps)
{
    Filter next = m_filter;
    const Path there = moveNode(next, path, steps);
    if (there != path)
        reshape([&](Filter& changed) { changed = std::move(next); }, there);
}

void RuleTree::wrap(const Path& path)
{
    Path inside = path;
    inside.push_back(0);
    reshape([&](Filter& next) { wrapNode(next, path); }, inside);
}

} // namespace podglass::ui
