// SPDX-License-Identifier: GPL-3.0-or-later
// The tree of groups and rules as widgets. It shows a filter and turns what the user does into the
// next one; who holds the filter (and its history) is the editor.
#pragma once

#include "core/filter/evaluate.h"

#include "ui/filter/seen.h"
#include "ui/filter/tree_actions.h"

#include <functional>

#include <QScrollArea>

namespace podglass::ui {

class GroupBox;
class RuleRow;

class RuleTree : public QScrollArea, private TreeActions
{
    Q_OBJECT

public:
    explicit RuleTree(filter::Use use, QWidget* parent = nullptr);
    ~RuleTree() override;

    // Makes all rows anew and keeps the focus where it was, if that is still there.
    void showFilter(const filter::Filter& filter);
    void showTally(const filter::Tally& tally, bool stale);
    void showProblems(const std::vector<filter::Problem>& problems);
    void setSeen(Seen seen);
    void focusRow(const Path& path);

signals:
    // The tree shows it already unless `shape` changed (rows came or went).
    void edited(const podglass::filter::Filter& next, const QString& key, bool shape);
    void applyWanted();

private:
    void changeRule(const Path& path, const filter::Rule& rule, const QString& key) override;
    void changeGroup(const Path& path, filter::GroupKind kind, bool enabled) override;
    void addRule(const Path& group) override;
    void addGroup(const Path& group) override;
    void addProbes(const Path& group) override;
    void remove(const Path& path) override;
    void duplicate(const Path& path) override;
    void move(const Path& path, int steps) override;
    void wrap(const Path& path) override;

    void apply() override { emit applyWanted(); }

    [[nodiscard]] const Seen& seen() const override { return m_seen; }

    GroupBox* build(const filter::Group& group, const Path& path);
    void append(const Path& group, filter::Node node, const Path& below);
    // Tells of the changed filter once the widget that asked is done with its event.
    void reshape(const std::function<void(filter::Filter&)>& change, const Path& focus);
    [[nodiscard]] RuleRow* rowAt(const Path& path) const;

    filter::Use m_use;
    filter::Filter m_filter;
    Seen m_seen;
    std::vector<RuleRow*> m_ruleRows;
    std::vector<GroupBox*> m_groups;
};

} // namespace podglass::ui
