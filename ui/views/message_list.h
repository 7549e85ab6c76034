// SPDX-License-Identifier: GPL-3.0-or-later
// MessageList: the messages of one exchange as a table, and the selected one below or beside it. It
// follows the newest message until another one is selected.
#pragma once

#include "ui/models/message_model.h"

#include <QWidget>

class QLabel;
class QSplitter;
class QTableView;

namespace podglass::views {

class BodyView;

class MessageList : public QWidget
{
    Q_OBJECT

public:
    explicit MessageList(models::MessageModel& model, QWidget* parent = nullptr);

    void find(int direction);
    void focusTable();

private:
    void setUpTable();
    void showCurrent();
    void onChanged();

    models::MessageModel& m_model;
    QLabel* m_summary;
    QLabel* m_empty;
    QSplitter* m_splitter;
    QTableView* m_table;
    BodyView* m_body;
};

} // namespace podglass::views
