// SPDX-License-Identifier: GPL-3.0-or-later
// MessageView: a request or a response: Headers, Body, Raw.
#pragma once

#include "ui/models/exchange_detail.h"

#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QTabWidget;

namespace podglass::views {

class BodyView;
class FieldsView;

class MessageView : public QWidget
{
    Q_OBJECT

public:
    // `name`: "Request" or "Response".
    explicit MessageView(const QString& name, QWidget* parent = nullptr);

    // `missing` is shown when the message was not seen.
    void setMessage(const models::MessageDetail& message, const QString& missing, bool reveal);
    void focusTabs();
    // In the body, which it shows.
    void find(int direction);
    // Without the first line.
    void setCompact(bool compact);

signals:
    void filterRequested(const QString& headerName, const QString& value);

private:
    QString m_name;
    models::MessageDetail m_shown;
    QString m_missing;
    bool m_revealed = false;
    bool m_any = false;
    QLabel* m_line;
    QLabel* m_note;
    QTabWidget* m_tabs;
    FieldsView* m_fields;
    BodyView* m_body;
    QPlainTextEdit* m_raw;
};

} // namespace podglass::views
