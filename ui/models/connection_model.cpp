// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/connection_model.h"

#include "ui/models/connection_detail.h"
#include "ui/models/describe.h"
#include "ui/models/format.h"

#include <algorithm>
#include <array>

namespace podglass::models {

ConnectionModel::ConnectionModel(const store::Store& store, QObject* parent)
    : QAbstractTableModel(parent)
    , m_store(store)
{}

void ConnectionModel::apply(const store::Delta& delta)
{
    if (const auto gone = std::min(delta.first, m_end); gone > m_first) {
        beginRemoveRows({}, 0, static_cast<int>(gone - m_first) - 1);
        m_first = gone;
        endRemoveRows();
    }
    if (m_first == m_end)
        m_first = m_end = delta.appendedFrom;
    if (!delta.changed.empty())
        emit dataChanged(index(rowOf(delta.changed.front()), 0),
                         index(rowOf(delta.changed.back()), ColumnCount - 1));
    if (delta.end > m_end) {
        beginInsertRows(
            {}, static_cast<int>(m_end - m_first), static_cast<int>(delta.end - m_first) - 1);
        m_end = delta.end;
        endInsertRows();
    }
}

store::Number ConnectionModel::numberAt(int row) const
{
    return row >= 0 && row < rowCount() ? m_first + static_cast<store::Number>(row) : 0;
}

int ConnectionModel::rowOf(store::Number number) const
{
    return number >= m_first && number < m_end ? static_cast<int>(number - m_first) : -1;
}

int ConnectionModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_end - m_first);
}

int ConnectionModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString ConnectionModel::text(store::Number ordinal, const store::Connection& row, Column column)
{
    switch (column) {
    case Ordinal:
        return QString::number(ordinal);
    case Opened:
        return row.joinedLate ? tr("before %1").arg(clock(row.opened)) : clock(row.opened);
    case Client:
        if (row.sourceKnown)
            return tr("%1 by proxy").arg(QString::fromStdString(row.source.text()));
        return row.known ? QString::fromStdString(row.client.text()) : tr("unknown");
    case Server:
        return row.known ? QString::fromStdString(row.server.text()) : tr("unknown");
    case Protocol:
        if (row.protocol == flow::Protocol::Tls)
            return tr("TLS: %1").arg(connectionTitle(row));
        if (!row.tunnelTo.empty())
            return tr("tunnel to %1").arg(visible(row.tunnelTo));
        return row.detail.empty()
                   ? protocolText(row.protocol)
                   : tr("%1 for %2").arg(protocolText(row.protocol), visible(row.detail));
    case Requests:
        return count(row.exchanges);
    case Received:
        return bytes(row.bytes[0]);
    case Sent:
        return bytes(row.bytes[1]);
    case Missing:
        return row.missing[0] + row.missing[1] == 0 ? QString()
                                                    : bytes(row.missing[0] + row.missing[1]);
    case State:
        return row.open ? tr("open") : closeText(row.reason);
    case ColumnCount:
        break;
    }
    return {};
}

QVariant ConnectionModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const auto column = static_cast<Column>(index.column());
    const store::Number number = numberAt(index.row());
    const store::Connection* row = m_store.connections().at(number);
    if (role == Qt::DisplayRole)
        return row == nullptr ? QVariant() : text(m_store.connectionOrdinal(number), *row, column);
    if (role == Qt::TextAlignmentRole) {
        const bool right = column == Ordinal || (column >= Requests && column <= Missing);
        return QVariant::fromValue((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    return {};
}

QVariant ConnectionModel::headerData(int section, Qt::Orientation side, int role) const
{
    if (side != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return data(createIndex(0, section), role);
    if (role != Qt::DisplayRole)
        return {};
    const std::array<QString, ColumnCount> names{tr("#"),
                                                 tr("Opened"),
                                                 tr("Client"),
                                                 tr("Server"),
                                                 tr("Protocol"),
                                                 tr("Requests"),
                                                 tr("To server"),
                                                 tr("To client"),
                                                 tr("Missing"),
                                                 tr("State")};
    return names.at(static_cast<std::size_t>(section));
}

} // namespace podglass::models
