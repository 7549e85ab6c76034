// SPDX-License-Identifier: GPL-3.0-or-later
// What rows and groups ask of the tree that shows them.
#pragma once

#include "core/filter/filter.h"

#include "ui/filter/tree_path.h"

namespace podglass::ui {

class Seen;

class TreeActions
{
public:
    TreeActions() = default;
    TreeActions(const TreeActions&) = delete;
    TreeActions& operator=(const TreeActions&) = delete;
    virtual ~TreeActions() = default;

    // `key` names what is edited: changes of one key in a row are undone as one.
    virtual void changeRule(const Path& path, const filter::Rule& rule, const QString& key) = 0;
    virtual void changeGroup(const Path& path, filter::GroupKind kind, bool enabled) = 0;
    virtual void addRule(const Path& group) = 0;
    virtual void addGroup(const Path& group) = 0;
    virtual void addProbes(const Path& group) = 0;
    virtual void remove(const Path& path) = 0;
    virtual void duplicate(const Path& path) = 0;
    virtual void move(const Path& path, int steps) = 0;
    virtual void wrap(const Path& path) = 0;
    virtual void apply() = 0; // Ctrl+Enter where no shortcut reaches
    [[nodiscard]] virtual const Seen& seen() const = 0;
};

} // namespace podglass::ui
