// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/exchange_model.h"

#include "ui/models/body_text.h"
#include "ui/models/connection_detail.h"
#include "ui/models/describe.h"
#include "ui/models/format.h"
#include "ui/models/row_marks.h"

#include <array>

namespace podglass::models {

using store::Column;

namespace {

bool isTls(const store::Row& row)
{
    return static_cast<flow::Protocol>(row.detail) == flow::Protocol::Tls;
}

// What a request is says more than its method, where that is always the same.
QString methodText(const store::Row& row, const QString& method)
{
    const QString kind = kindText(row);
    switch (static_cast<store::RowForm>(row.detail)) {
    case store::RowForm::Grpc:
    case store::RowForm::GrpcWeb:
        return row.kind == store::RowKind::Exchange ? kind : method;
    case store::RowForm::WebSocket:
        return row.kind == store::RowKind::Exchange ? QStringLiteral("WS") : method;
    default:
        return method;
    }
}

// Where no name is known, the address says which service it is.
QString hostText(const store::Store& store, const store::Row& row, const QString& name)
{
    if (row.kind == store::RowKind::Exchange
        || (row.kind == store::RowKind::Connection && isTls(row) && !name.isEmpty()))
        return name;
    const store::Connection* connection = store.connections().at(row.connection);
    return connection == nullptr || !connection->known
               ? QString()
               : QString::fromStdString(connection->server.text());
}

// The first bytes of a stream, where they are text: they often say what it is.
QString beginning(const store::Store& store, const store::Row& row)
{
    constexpr std::size_t shown = 64;
    const store::Stream* stream = store.stream(row.connection);
    if (isTls(row) || stream == nullptr || stream->parts.empty())
        return {};
    const auto& data = stream->parts.front().data;
    const auto part = bytes::ByteView(data).first(std::min(data.size(), shown));
    const std::string_view text = bytes::asText(part);
    return looksLikeText({text.data(), static_cast<qsizetype>(text.size())})
               ? ExchangeModel::tr("\u201c%1\u201d").arg(visible(text, true).simplified())
               : QString();
}

QString clientText(const store::Store& store, const store::Row& row)
{
    const store::Connection* connection = store.connections().at(row.connection);
    if (connection == nullptr || !connection->known)
        return {};
    return QString::fromStdString(connection->sourceKnown ? connection->source.addressText()
                                                          : connection->client.addressText());
}

QString targetText(const store::Store& store, const store::Row& row)
{
    const store::Connection* connection = store.connections().at(row.connection);
    return connection == nullptr ? QString()
                                 : visible(store.connections().targetName(*connection), true);
}

} // namespace

ExchangeModel::ExchangeModel(const store::Store& store, store::View& view, QObject* parent)
    : QAbstractTableModel(parent)
    , m_store(store)
    , m_view(view)
{
    m_view.setListener(this);
}

ExchangeModel::~ExchangeModel()
{
    m_view.setListener(nullptr);
}

store::Number ExchangeModel::numberAt(int row) const
{
    return row >= 0 && row < rowCount() ? m_view.at(static_cast<std::size_t>(row)) : 0;
}

int ExchangeModel::rowOf(store::Number number) const
{
    const auto position = m_view.find(number);
    return position ? static_cast<int>(*position) : -1;
}

int ExchangeModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_view.size());
}

int ExchangeModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : exchangeColumns;
}

QString ExchangeModel::pathText(const store::Row& row) const
{
    if (row.kind == store::RowKind::Connection) {
        const store::Connection* connection = m_store.connections().at(row.connection);
        const QString title =
            connection == nullptr ? tr("forgotten") : connectionTitle(*connection);
        const QString start = beginning(m_store, row);
        return start.isEmpty() ? title : title + QStringLiteral("   ") + start;
    }
    if (row.kind != store::RowKind::Exchange)
        return lossText(m_store, row);
    const std::string_view path = m_store.rows().texts().text(row.path);
    if (path.empty() && (row.flags & store::RowUnreadable) != 0)
        return tr("(headers unreadable, joined late)");
    if ((row.flags & store::RowRequestUnseen) != 0)
        return tr("(request not seen)");
    constexpr std::size_t shown = 512;
    return visible(path.substr(0, shown));
}

QString ExchangeModel::text(store::Number number, Column column) const
{
    const store::Row* row = m_store.rows().at(number);
    if (row == nullptr)
        return {};
    const auto& texts = m_store.rows().texts();
    switch (column) {
    case Column::Ordinal:
        return QString::number(m_store.ordinal(number));
    case Column::Time:
        return clock(row->at);
    case Column::Mode:
        return {};
    case Column::Method:
        return methodText(*row, visible(texts.text(row->method)));
    case Column::Path:
        return pathText(*row);
    case Column::Host:
        return hostText(m_store, *row, visible(texts.text(row->host)));
    case Column::Status:
        return statusText(*row);
    case Column::Duration:
        return (row->flags & store::RowResponseEnded) != 0 ? duration(row->microseconds)
                                                           : QString();
    case Column::Size:
        if (carriesMessages(*row) && row->events != 0)
            return tr("%1 msg", "column: number of messages").arg(count(row->events));
        if (row->kind == store::RowKind::Connection)
            return bytes(row->responseBytes + row->requestBytes);
        return (row->flags & store::RowResponseEnded) != 0 ? bytes(row->responseBytes) : QString();
    case Column::Client:
        return clientText(m_store, *row);
    case Column::Target:
        return targetText(m_store, *row);
    }
    return {};
}

RowLook ExchangeModel::look(store::Number number) const
{
    RowLook look;
    const store::Row* row = m_store.rows().at(number);
    if (row == nullptr)
        return look;
    look.icon = modeIcon(*row);
    constexpr int failed = 500;
    look.status =
        row->grpcStatus == store::noGrpcStatus || row->grpcStatus == 0 ? row->status : failed;
    if (const QString shown = statusText(*row); !shown.isEmpty() && shown.at(0).isLower())
        look.status = 0; // words of ours
    look.loss = row->kind != store::RowKind::Exchange && row->kind != store::RowKind::Connection;
    look.sentence = row->kind != store::RowKind::Exchange;
    look.conflict = row->kind == store::RowKind::Conflict;
    look.stolen = row->mode == store::RowMode::Stolen;
    look.open = row->state == store::RowState::Open;
    look.problem = (row->state != store::RowState::Done && !look.open)
                   || row->mode == store::RowMode::Fallback;
    look.marked = (row->flags & store::RowMarked) != 0;
    look.suspicious = (row->flags & store::RowSuspicious) != 0;
    return look;
}

QStringList ExchangeModel::tags(store::Number number) const
{
    const store::Row* row = m_store.rows().at(number);
    return row == nullptr ? QStringList() : tagsOf(m_store, *row);
}

quint32 ExchangeModel::connectionOf(store::Number number) const
{
    const store::Row* row = m_store.rows().at(number);
    return row == nullptr ? 0 : row->connection;
}

QVariant ExchangeModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const store::Number number = numberAt(index.row());
    const auto column = static_cast<Column>(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return text(number, column);
    case Qt::AccessibleTextRole:
        return sentence(m_store, number);
    case Qt::ToolTipRole:
        if (const store::Row* row = m_store.rows().at(number); row != nullptr) {
            if (column == Column::Mode)
                return tr("%1, %2").arg(modeText(row->mode), stateText(*row));
            QStringList lines{text(number, column).toHtmlEscaped()};
            if (column == Column::Path)
                lines << tagsOf(m_store, *row);
            return lines.join(QStringLiteral("<br>"));
        }
        return {};
    case Qt::TextAlignmentRole:
        if (column == Column::Ordinal || column == Column::Duration || column == Column::Size)
            return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
        return QVariant::fromValue(Qt::AlignLeft | Qt::AlignVCenter);
    default:
        return {};
    }
}

QVariant ExchangeModel::headerData(int section, Qt::Orientation side, int role) const
{
    if (side != Qt::Horizontal || section < 0 || section >= exchangeColumns)
        return {};
    const std::array<QString, exchangeColumns> names{tr("#"),
                                                     tr("Time"),
                                                     tr("M", "column: mode and state"),
                                                     tr("Method"),
                                                     tr("Path"),
                                                     tr("Host"),
                                                     tr("Status"),
                                                     tr("Duration"),
                                                     tr("Size"),
                                                     tr("Client"),
                                                     tr("Target")};
    if (role == Qt::DisplayRole)
        return names.at(static_cast<std::size_t>(section));
    if (role == Qt::ToolTipRole && section == static_cast<int>(Column::Mode))
        return tr("How the request was seen: mirrored, stolen, passed on");
    if (role == Qt::TextAlignmentRole)
        return data(createIndex(0, section), Qt::TextAlignmentRole);
    return {};
}

void ExchangeModel::sort(int column, Qt::SortOrder order)
{
    const bool known = column >= 0 && column < exchangeColumns; // -1: as they came
    m_view.setOrder(known ? store::Order{static_cast<Column>(column), order == Qt::DescendingOrder}
                          : store::Order());
    emit workStarted();
}

void ExchangeModel::removing(std::size_t first, std::size_t last)
{
    beginRemoveRows({}, static_cast<int>(first), static_cast<int>(last));
}

void ExchangeModel::removed()
{
    endRemoveRows();
}

void ExchangeModel::inserting(std::size_t first, std::size_t last)
{
    beginInsertRows({}, static_cast<int>(first), static_cast<int>(last));
}

void ExchangeModel::inserted()
{
    endInsertRows();
}

void ExchangeModel::changed(std::size_t first, std::size_t last)
{
    emit dataChanged(index(static_cast<int>(first), 0),
                     index(static_cast<int>(last), exchangeColumns - 1));
}

void ExchangeModel::reordering()
{
    emit layoutAboutToBeChanged({}, VerticalSortHint);
    m_persistent = persistentIndexList();
    m_numbers.clear();
    for (const QModelIndex& index : std::as_const(m_persistent))
        m_numbers.push_back(numberAt(index.row()));
}

void ExchangeModel::reordered()
{
    QModelIndexList moved;
    for (qsizetype i = 0; i < m_persistent.size(); ++i) {
        const int row = rowOf(m_numbers[static_cast<std::size_t>(i)]);
        moved << (row < 0 ? QModelIndex() : index(row, m_persistent[i].column()));
    }
    changePersistentIndexList(m_persistent, moved);
    m_persistent.clear();
    emit layoutChanged({}, VerticalSortHint);
}

void ExchangeModel::replacing()
{
    beginResetModel();
}

void ExchangeModel::replaced()
{
    endResetModel();
}

} // namespace podglass::models
