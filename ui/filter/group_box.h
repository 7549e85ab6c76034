// SPDX-License-Identifier: GPL-3.0-or-later
// One group of the editor with its rows: kind, tick, numbers, "+ rule", "+ group", delete. The
// root group has no tick and no delete. Keys as in a rule's row.
#pragma once

#include "core/filter/evaluate.h"

#include "ui/filter/tree_actions.h"

#include <QFrame>

class QBoxLayout;
class QCheckBox;
class QComboBox;
class QLabel;

namespace podglass::ui {

class GroupBox : public QFrame
{
    Q_OBJECT

public:
    // `actions` outlives the box. Children are made by the tree and put into rows().
    GroupBox(TreeActions& actions,
             Path path,
             const filter::Group& group,
             QWidget* parent = nullptr);

    [[nodiscard]] const Path& path() const { return m_path; }

    [[nodiscard]] QBoxLayout* rows() const { return m_rows; }

    void showCount(const filter::Count* count, bool stale);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void buildHead(const filter::Group& group, QBoxLayout* whole);
    void buildFoot(QBoxLayout* whole);
    void changed();

    TreeActions& m_actions;
    Path m_path;
    QCheckBox* m_enabled = nullptr;
    QComboBox* m_kind = nullptr;
    QBoxLayout* m_rows = nullptr;
    QLabel* m_matches = nullptr;
    QLabel* m_effect = nullptr;
};

} // namespace podglass::ui
