// SPDX-License-Identifier: GPL-3.0-or-later
// StartPage: nothing is attached: an address to type, the last ones to click, and how connecting
// goes, step by step, with the session's questions in place.
#pragma once

#include "core/session/update.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;
class QFrame;

namespace podglass::shell {

class StartPage : public QWidget
{
    Q_OBJECT

public:
    explicit StartPage(QWidget* parent = nullptr);

    void setRecent(const QStringList& addresses);
    void setState(const session::StateChanged& state);
    void addStep(const session::Step& step);
    void ask(const session::Prompt& prompt);
    void setTargets(const wire::TargetList& list);
    void showFailure(const QString& text);
    void focusAddress();

signals:
    void connectRequested(const QString& address);
    void targetChosen(const QString& spec);
    void answered(quint32 prompt, const QString& text);
    void cancelled(quint32 prompt);

private:
    QWidget* makePrompt();
    void submit();

    QLineEdit* m_address;
    QPushButton* m_connect;
    QLabel* m_error;
    QLabel* m_listTitle;
    QListWidget* m_list; // recent addresses, then targets
    QListWidget* m_steps;
    QFrame* m_prompt;
    QLabel* m_question;
    QLineEdit* m_answer;
    QPushButton* m_yes;
    session::Prompt m_asked;
    bool m_targets = false;
};

} // namespace podglass::shell
