// SPDX-License-Identifier: GPL-3.0-or-later
// RulesDialog: the packet rules in force at the target, as plain text to read and copy: ours, and
// the chains of others that may change the way of a connection. It stands beside the window and
// asks again when told to, and whenever what is in force changes.
#pragma once

#include <QDialog>

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace podglass::wire {
struct Rules;
}

namespace podglass::shell {

class RulesDialog : public QDialog
{
    Q_OBJECT

public:
    explicit RulesDialog(QWidget* parent = nullptr);

    // Asks for what is in force at `target` (its name) from now on; empty: nothing is attached.
    void showFor(const QString& target);
    void setRules(const wire::Rules& rules);
    // There will be no answer: why, in words.
    void setProblem(const QString& why);
    // Something about rules changed: asks again if it is shown.
    void refresh();

signals:
    void asked();

private:
    void copyAll();

    QString m_target;
    QLabel* m_state;
    QPlainTextEdit* m_text;
    QPushButton* m_copy;
};

} // namespace podglass::shell
