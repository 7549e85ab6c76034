// SPDX-License-Identifier: GPL-3.0-or-later
// HeldPanel: the stolen requests that wait for a person, each with the time it has left. The chosen
// one can be edited and sent on, answered, or let go to its own service. Nothing comes to the front
// by itself, and what is being edited stays when others come and go.
#pragma once

#ifndef Q_MOC_RUN // moc 6.4 stumbles over <compare>
#include "core/session/taker.h"
#endif

#include <map>

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

class QLabel;
class QListWidget;
class QListWidgetItem;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;
class QTabWidget;

namespace podglass::shell {

class HeldPanel : public QWidget
{
    Q_OBJECT

public:
    explicit HeldPanel(QWidget* parent = nullptr);

    void add(const session::Held& held);
    void remove(const session::HeldOver& over);
    void refuse(const session::HeldRefused& refused);
    void clear();

    // Where edited requests go; port 0: nowhere is set.
    void setAddress(const session::Taker& taker);

    [[nodiscard]] int count() const { return static_cast<int>(m_held.size()); }

signals:
    void released(quint64 held, const podglass::session::Release& release);
    void countChanged(int count);

private:
    struct Entry
    {
        session::Held held;
        QElapsedTimer since;
        QListWidgetItem* item = nullptr;
        QString head; // as edited
        QString body;
        bool textual = true; // else the body is sent as it came
    };

    QWidget* makeRequestPage();
    QWidget* makeAnswerPage();
    void choose();
    void keepEdits();
    void tick();
    void send(session::Release::To to);
    void say(const QString& words);
    void refresh();
    [[nodiscard]] Entry* current();

    std::map<quint64, Entry> m_held; // oldest first
    quint64 m_shown = 0;
    session::Taker m_address;
    QTimer m_timer;
    QListWidget* m_list;
    QTabWidget* m_pages;
    QPlainTextEdit* m_head;
    QPlainTextEdit* m_body;
    QSpinBox* m_status;
    QPlainTextEdit* m_answerHeaders;
    QPlainTextEdit* m_answerBody;
    QPushButton* m_send;
    QPushButton* m_answer;
    QPushButton* m_letGo;
    QLabel* m_words;
};

} // namespace podglass::shell
