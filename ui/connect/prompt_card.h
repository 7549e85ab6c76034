// SPDX-License-Identifier: GPL-3.0-or-later
// A question of the session, asked in the page and not over it: host key or permission (cancel
// is what Enter does), password, passphrase or the server's own question. A secret is wiped from
// the field as soon as it is answered. Thread: the window's.
#pragma once

#include "core/session/update.h"

#include <QFrame>

class QLabel;
class QLineEdit;
class QPushButton;

namespace podglass::connect {

class PromptCard : public QFrame
{
    Q_OBJECT

public:
    explicit PromptCard(QWidget* parent = nullptr);

    void show(const session::Prompt& prompt);
    void dismiss();

    using QWidget::show;

signals:
    // given false: cancelled.
    void answered(quint32 prompt, bool given, const QString& text);

private:
    void answer(bool given, const QString& text);

    quint32 m_id = 0;
    QLabel* m_title = nullptr;
    QLabel* m_text = nullptr;
    QLineEdit* m_field = nullptr;
    QPushButton* m_ok = nullptr;
    QPushButton* m_once = nullptr;
    QPushButton* m_save = nullptr;
    QPushButton* m_cancel = nullptr;
};

} // namespace podglass::connect
