// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/message_model.h"

#include "core/content/protobuf.h"

#include "ui/models/body_text.h"
#include "ui/models/format.h"

#include <array>

namespace podglass::models {

using store::MessageItem;
using Kind = MessageItem::Kind;

namespace {

constexpr std::size_t previewBytes = 240;

QString tr(const char* text)
{
    return MessageModel::tr(text);
}

bool isControl(const MessageItem& item)
{
    switch (item.kind) {
    case Kind::Close:
    case Kind::Ping:
    case Kind::Pong:
    case Kind::GrpcStatus:
    case Kind::GrpcTrailers:
    case Kind::Comment:
    case Kind::Reset:
        return true;
    default:
        return false;
    }
}

bool isProblem(const MessageItem& item)
{
    constexpr std::uint32_t normalClose = 1000;
    constexpr std::uint32_t goingAway = 1001;
    return (item.kind == Kind::GrpcStatus && item.code != 0) || item.kind == Kind::Reset
           || (item.kind == Kind::Close && item.code != normalClose && item.code != goingAway
               && item.code != 0);
}

QString kindText(const MessageItem& item)
{
    switch (item.kind) {
    case Kind::GrpcMessage:
        return item.compressed ? tr("message, compressed") : tr("message");
    case Kind::GrpcTrailers:
        return tr("trailers");
    case Kind::GrpcStatus:
        return tr("status");
    case Kind::Text:
        return item.compressed ? tr("text, compressed") : tr("text");
    case Kind::Binary:
        return item.compressed ? tr("binary, compressed") : tr("binary");
    case Kind::Continuation:
        return tr("continuation");
    case Kind::Close:
        return tr("close");
    case Kind::Ping:
        return tr("ping");
    case Kind::Pong:
        return tr("pong");
    case Kind::ServerEvent:
        return item.name.empty() ? tr("event") : visible(item.name);
    case Kind::Comment:
        return tr("comment");
    case Kind::Reset:
        return tr("reset");
    }
    return {};
}

QByteArray bytesOf(const std::string& text)
{
    return {text.data(), static_cast<qsizetype>(text.size())};
}

QString oneLine(const std::string& payload)
{
    const std::string_view part = std::string_view(payload).substr(0, previewBytes);
    if (looksLikeText(QByteArray::fromRawData(part.data(), static_cast<qsizetype>(part.size()))))
        return visible(part);
    QString hex;
    constexpr std::size_t shown = 24;
    for (const char byte : part.substr(0, shown))
        hex += QStringLiteral("%1 ").arg(static_cast<unsigned char>(byte), 2, 16, QLatin1Char('0'));
    return part.size() > shown ? hex + QStringLiteral("\u2026") : hex.trimmed();
}

} // namespace

MessageModel::MessageModel(QObject* parent)
    : QAbstractTableModel(parent)
{}

void MessageModel::update(const store::Store& store, store::Number number)
{
    const bool other = number != m_number;
    if (other)
        beginResetModel();
    m_number = number;
    const bool changed = m_reader.update(store, number);
    const auto& items = m_reader.items();
    const store::Row* row = store.rows().at(number);
    const auto form =
        row == nullptr ? store::RowForm::Http : static_cast<store::RowForm>(row->detail);
    m_protobuf = form == store::RowForm::Grpc || form == store::RowForm::GrpcWeb;
    if (other) {
        m_first = m_reader.dropped();
        m_rows = static_cast<int>(items.size());
        endResetModel();
        return;
    }
    if (!changed)
        return;
    const std::uint64_t dropped = m_reader.dropped() - m_first;
    const int gone =
        dropped < static_cast<std::uint64_t>(m_rows) ? static_cast<int>(dropped) : m_rows;
    if (gone > 0) {
        beginRemoveRows({}, 0, gone - 1);
        m_rows -= gone;
        endRemoveRows();
    }
    m_first = m_reader.dropped();
    const auto now = static_cast<int>(items.size());
    if (now < m_rows) { // a coded event stream is read anew
        beginResetModel();
        m_rows = now;
        endResetModel();
    } else if (now > m_rows) {
        beginInsertRows({}, m_rows, now - 1);
        m_rows = now;
        endInsertRows();
    }
}

QString MessageModel::summary() const
{
    QString text = m_rows == 1 ? tr("1 message")
                               : tr("%1 messages").arg(count(static_cast<std::uint64_t>(m_rows)));
    if (m_first != 0)
        text += tr(" · %1 older ones are not kept").arg(count(m_first));
    return text;
}

QString MessageModel::preview(const MessageItem& item) const
{
    QString text;
    switch (item.kind) {
    case Kind::GrpcStatus:
        text = QString::fromStdString(store::grpcStatusName(item.code));
        if (!item.payload.empty())
            text += QStringLiteral("   ") + visible(item.payload);
        break;
    case Kind::Reset:
        text = QString::fromStdString(store::resetCodeName(item.code));
        break;
    case Kind::Close: {
        text = item.code == 0 ? tr("no code") : QString::number(item.code);
        const std::string name = store::closeCodeName(item.code);
        if (!name.empty())
            text += QLatin1Char(' ') + QString::fromStdString(name);
        if (!item.payload.empty())
            text += QStringLiteral("   ") + visible(item.payload);
        break;
    }
    case Kind::GrpcMessage:
        if (item.note.empty() && !item.payload.empty())
            text = visible(content::protobufLine(bytes::asBytes(item.payload), previewBytes));
        if (text.isEmpty())
            text = oneLine(item.payload);
        break;
    default:
        text = oneLine(item.payload);
        break;
    }
    if (item.kind == Kind::ServerEvent && !item.id.empty())
        text += tr("   id %1").arg(visible(item.id));
    if (!item.note.empty())
        text += (text.isEmpty() ? QString() : QStringLiteral("   "))
                + QStringLiteral("[%1]").arg(visible(item.note));
    return text;
}

MessageShown MessageModel::shown(int row) const
{
    MessageShown shown;
    if (row < 0 || row >= m_rows)
        return shown;
    const MessageItem& item = m_reader.items()[static_cast<std::size_t>(row)];
    shown.toServer = item.direction == flow::Direction::ClientToServer;
    shown.control = isControl(item);
    shown.problem = isProblem(item);
    shown.title = tr("%1, %2").arg(kindText(item), bytes(item.length));
    shown.note = visible(item.note);
    shown.payload = bytesOf(item.payload);
    shown.text = looksLikeText(shown.payload);
    shown.protobuf = m_protobuf && item.kind == Kind::GrpcMessage;
    return shown;
}

int MessageModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : m_rows;
}

int MessageModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant MessageModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= m_rows)
        return {};
    const MessageItem& item = m_reader.items()[static_cast<std::size_t>(index.row())];
    const bool up = item.direction == flow::Direction::ClientToServer;
    if (role == Qt::AccessibleTextRole)
        return tr("%1, %2, %3: %4")
            .arg(up ? tr("to server") : tr("to client"),
                 kindText(item),
                 bytes(item.length),
                 preview(item));
    if (role == Qt::ToolTipRole && index.column() == Direction)
        return up ? tr("client to server") : tr("server to client");
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((index.column() == Length ? Qt::AlignRight : Qt::AlignLeft)
                                   | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(index.column())) {
    case Direction:
        return up ? tr("→ server") : tr("← client");
    case Time:
        return clock(item.at);
    case Kind:
        return item.final ? kindText(item) : tr("%1, part").arg(kindText(item));
    case Length:
        return bytes(item.length);
    case Preview:
        return preview(item);
    case ColumnCount:
        break;
    }
    return {};
}

QVariant MessageModel::headerData(int section, Qt::Orientation side, int role) const
{
    if (side != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    const std::array<QString, ColumnCount> names{
        tr("Direction"), tr("Time"), tr("Kind"), tr("Length"), tr("Content")};
    if (role == Qt::DisplayRole)
        return names.at(static_cast<std::size_t>(section));
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((section == Length ? Qt::AlignRight : Qt::AlignLeft)
                                   | Qt::AlignVCenter);
    return {};
}

} // namespace podglass::models
