// SPDX-License-Identifier: GPL-3.0-or-later
// One rule of the editor: tick, field, name, operator, value, case, its two numbers, delete.
// Keys: Ctrl+D duplicates, Alt+Up and Alt+Down move, Ctrl+G groups, Ctrl+Delete removes.
#pragma once

#include "core/filter/evaluate.h"

#include "ui/filter/tree_actions.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QCompleter;
class QLabel;
class QLineEdit;
class QToolButton;

namespace podglass::ui {

class RuleRow : public QWidget
{
    Q_OBJECT

public:
    // `actions` outlives the row.
    RuleRow(TreeActions& actions,
            Path path,
            const filter::Rule& rule,
            filter::Use use,
            QWidget* parent = nullptr);

    [[nodiscard]] const Path& path() const { return m_path; }

    void showCount(const filter::Count* count, bool stale); // null: no numbers
    void showProblem(const QString& message);               // empty: none
    void focusFirstGap();                                   // the first box that is to be filled
    [[nodiscard]] QString focusedPart() const;
    void focusPart(const QString& part);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void build();
    void fill(filter::Use use);
    void connectParts();
    void fieldChosen();
    void adapt(); // to field and operator
    void complete(QLineEdit* edit, bool names);
    void changed(const QString& key);
    [[nodiscard]] filter::Field field() const;
    [[nodiscard]] filter::Operator operation() const;

    TreeActions& m_actions;
    Path m_path;
    filter::Rule m_rule;
    QCheckBox* m_enabled = nullptr;
    QComboBox* m_field = nullptr;
    QLineEdit* m_name = nullptr;
    QComboBox* m_operator = nullptr;
    QLineEdit* m_value = nullptr;
    QToolButton* m_case = nullptr;
    QLabel* m_matches = nullptr;
    QLabel* m_effect = nullptr;
    QToolButton* m_delete = nullptr;
    bool m_filling = false;
};

} // namespace podglass::ui
