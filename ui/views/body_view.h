// SPDX-License-Identifier: GPL-3.0-or-later
// BodyView: a body as indented JSON, text or hex. The first 256 KiB; "Show more" doubles that.
// Plain text only, control and direction characters made visible, long lines wrapped hard.
#pragma once

#include "ui/models/exchange_detail.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace podglass::views {

class BodyView : public QWidget
{
    Q_OBJECT

public:
    explicit BodyView(const QString& name, QWidget* parent = nullptr);

    void setMessage(const models::MessageDetail& message);

private:
    enum class Form
    {
        Json,
        Text,
        Hex
    };

    void render();
    void showMore();
    [[nodiscard]] Form chosen() const;

    models::MessageDetail m_message;
    qsizetype m_shown;
    bool m_byUser = false;
    QLabel* m_info;
    QComboBox* m_form;
    QPlainTextEdit* m_text;
    QPushButton* m_more;
};

} // namespace podglass::views
