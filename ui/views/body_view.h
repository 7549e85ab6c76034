// SPDX-License-Identifier: GPL-3.0-or-later
// BodyView: a body as indented JSON, text, fields of a protocol buffer or hex, with its content
// coding undone or as it was sent. The first 256 KiB; "Show more" doubles that. Ctrl+F finds.
// Plain text only, control and direction characters made visible, long lines wrapped hard.
#pragma once

#include "ui/models/body_decoder.h"
#include "ui/models/exchange_detail.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QToolButton;

namespace podglass::views {

class FindBar;

class BodyView : public QWidget
{
    Q_OBJECT

public:
    explicit BodyView(const QString& name, QWidget* parent = nullptr);

    void setMessage(const models::MessageDetail& message);
    // Opens the find bar, or goes to the next or previous match.
    void find(int direction = 0);

private:
    enum class Form
    {
        Json,
        Text,
        Protobuf,
        Hex
    };

    void render();
    void showMore();
    [[nodiscard]] Form chosen() const;
    [[nodiscard]] QString infoText(bool decoded) const;
    [[nodiscard]] const QByteArray& source() const; // decoded, or as sent
    [[nodiscard]] QString textOf(const QByteArray& part, Form form) const;

    models::MessageDetail m_message;
    qsizetype m_shown;
    bool m_byUser = false;
    models::BodyDecoder m_decoder;
    QLabel* m_info;
    QLabel* m_problem;
    QToolButton* m_decode;
    QComboBox* m_form;
    QPlainTextEdit* m_text;
    QPushButton* m_more;
    FindBar* m_find;
};

} // namespace podglass::views
