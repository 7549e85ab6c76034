// SPDX-License-Identifier: GPL-3.0-or-later
// ConnectionList: the connections as a table; Enter or double click shows a connection's requests.
#pragma once

#include "ui/models/connection_model.h"

#include <QWidget>

class QTableView;

namespace podglass::views {

class ConnectionList : public QWidget
{
    Q_OBJECT

public:
    explicit ConnectionList(models::ConnectionModel& model, QWidget* parent = nullptr);

    void setCurrent(quint32 connection);
    void focusTable();

signals:
    void openRequested(quint32 connection);

private:
    models::ConnectionModel& m_model;
    QTableView* m_table;
};

} // namespace podglass::views
