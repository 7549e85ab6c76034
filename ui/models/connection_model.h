// SPDX-License-Identifier: GPL-3.0-or-later
// ConnectionModel: the connections of a store as a Qt table, newest last.
// Ownership: borrows the store. Contract: call apply() with every connection Delta.
#pragma once

#include "core/store/store.h"

#include <QAbstractTableModel>

namespace podglass::models {

class ConnectionModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        Ordinal,
        Opened,
        Client,
        Server,
        Protocol,
        Requests,
        Received, // client to server
        Sent,
        Missing,
        State,
        ColumnCount
    };

    explicit ConnectionModel(const store::Store& store, QObject* parent = nullptr);

    void apply(const store::Delta& delta);

    [[nodiscard]] store::Number numberAt(int row) const;
    [[nodiscard]] int rowOf(store::Number number) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation side, int role) const override;

private:
    [[nodiscard]] static QString
    text(store::Number ordinal, const store::Connection& row, Column column);

    const store::Store& m_store;
    store::Number m_first = 1;
    store::Number m_end = 1;
};

} // namespace podglass::models
