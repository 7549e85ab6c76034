// SPDX-License-Identifier: GPL-3.0-or-later
// NoticeBar: one thing that happened and that the user should know of, above the list and not over
// it: what failed, where, what to do, and a button for the next act. The last one replaces the one
// before; the events dock keeps them all. Plain text. Thread: the window's.
#pragma once

#include <functional>

#include <QFrame>

class QLabel;
class QPushButton;
class QToolButton;

namespace podglass::theme {
class IconLabel;
}

namespace podglass::shell {

enum class NoticeKind
{
    Info,
    Warning,
    Failure
};

class NoticeBar : public QFrame
{
    Q_OBJECT

public:
    explicit NoticeBar(QWidget* parent = nullptr);

    // Without `action` there is no button.
    void say(NoticeKind kind,
             const QString& title,
             const QString& text,
             const QString& action = {},
             std::function<void()> act = {});
    // Only if it says something of that kind or milder.
    void clear(NoticeKind upTo = NoticeKind::Failure);

private:
    theme::IconLabel* m_icon;
    QLabel* m_title;
    QLabel* m_text;
    QPushButton* m_action;
    QToolButton* m_close;
    std::function<void()> m_act;
    NoticeKind m_kind = NoticeKind::Info;
};

} // namespace podglass::shell
