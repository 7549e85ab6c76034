// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/exchange_delegate.h"

#include "ui/theme/colors.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

#include <QHeaderView>
#include <QPainter>
#include <QTableView>

namespace podglass::views {

using store::Column;
using theme::Role;

namespace {

constexpr int iconSize = 16;

Role inkOf(Column column, const models::RowLook& look)
{
    if (look.loss)
        return look.conflict ? Role::Warning : Role::Loss;
    switch (column) {
    case Column::Status:
        return theme::statusRole(look.status);
    case Column::Ordinal:
    case Column::Time:
    case Column::Host:
    case Column::Client:
    case Column::Target:
    case Column::Size:
        return Role::Muted;
    default:
        return Role::Text;
    }
}

} // namespace

ExchangeDelegate::ExchangeDelegate(const models::ExchangeModel& model, QObject* parent)
    : QStyledItemDelegate(parent)
    , m_model(model)
{}

void ExchangeDelegate::paintBackground(QPainter* painter,
                                       const QStyleOptionViewItem& option,
                                       const models::RowLook& look) const
{
    const QPalette& palette = option.palette;
    if ((option.state & QStyle::State_Selected) != 0) {
        const bool active = (option.state & QStyle::State_Active) != 0;
        painter->fillRect(
            option.rect, theme::color(palette, active ? Role::Selection : Role::SelectionInactive));
    } else if (look.loss) {
        painter->fillRect(
            option.rect, theme::color(palette, look.conflict ? Role::WarningFill : Role::LossFill));
    } else if (look.stolen) {
        painter->fillRect(option.rect, theme::color(palette, Role::StealFill));
    }
}

void ExchangeDelegate::paintIcon(QPainter* painter,
                                 const QStyleOptionViewItem& option,
                                 const models::RowLook& look) const
{
    Role role = Role::Muted;
    QString name = look.icon;
    if (look.loss)
        role = inkOf(Column::Path, look);
    else if (look.problem)
        role = Role::Failure, name = QStringLiteral("warning");
    else if (look.stolen)
        role = Role::Steal;
    else if (look.open)
        name = QStringLiteral("ring");
    const QRect box(option.rect.center().x() - iconSize / 2,
                    option.rect.center().y() - iconSize / 2,
                    iconSize,
                    iconSize);
    theme::icon(name, role).paint(painter, box);
}

// One sentence over all columns from Method on; each cell paints its part of it.
void ExchangeDelegate::paintLoss(QPainter* painter,
                                 const QStyleOptionViewItem& option,
                                 const QModelIndex& index,
                                 const models::RowLook& look) const
{
    const QString text = m_model.text(m_model.numberAt(index.row()), Column::Path);
    const auto* table = qobject_cast<const QTableView*>(option.widget);
    if (table == nullptr)
        return;
    const QHeaderView* header = table->horizontalHeader();
    const int start = header->sectionViewportPosition(static_cast<int>(Column::Method));
    const int shift = option.rect.left() - header->sectionViewportPosition(index.column());
    QRect whole = option.rect;
    whole.setLeft(start + shift + theme::gap);
    whole.setRight(table->viewport()->width() - theme::gap);
    painter->save();
    painter->setClipRect(option.rect);
    painter->setFont(option.font);
    painter->setPen(theme::color(option.palette, inkOf(Column::Path, look)));
    painter->drawText(whole, Qt::AlignVCenter | Qt::TextSingleLine, text);
    painter->restore();
}

QRect ExchangeDelegate::paintTags(QPainter* painter,
                                  const QStyleOptionViewItem& option,
                                  const QRect& inside,
                                  store::Number number) const
{
    const QStringList tags = m_model.tags(number);
    if (tags.isEmpty())
        return inside;
    QFont font = option.font;
    constexpr double smaller = 0.92;
    font.setPointSizeF(font.pointSizeF() * smaller);
    const QFontMetrics metrics(font);
    QRect left = inside;
    painter->save();
    painter->setFont(font);
    painter->setPen(theme::color(option.palette, Role::Warning));
    painter->setRenderHint(QPainter::Antialiasing);
    for (auto tag = tags.crbegin(); tag != tags.crend(); ++tag) {
        const int width = metrics.horizontalAdvance(*tag) + 2 * theme::gapSmall + 2;
        // The path keeps the larger part.
        if (left.width() - width < inside.width() / 3)
            break;
        const int height = metrics.height() + 1;
        const QRectF box(
            left.right() - width + 0.5, left.center().y() - height / 2 + 0.5, width - 1, height);
        painter->setBrush(theme::color(option.palette, Role::WarningFill));
        constexpr double corner = 4;
        painter->drawRoundedRect(box, corner, corner);
        painter->drawText(box, Qt::AlignCenter, *tag);
        left.setRight(left.right() - width - theme::gapSmall);
    }
    painter->restore();
    return left;
}

void ExchangeDelegate::paint(QPainter* painter,
                             const QStyleOptionViewItem& option,
                             const QModelIndex& index) const
{
    const store::Number number = m_model.numberAt(index.row());
    const models::RowLook look = m_model.look(number);
    const auto column = static_cast<Column>(index.column());
    paintBackground(painter, option, look);
    if (column == Column::Ordinal && look.marked)
        painter->fillRect(QRect(option.rect.topLeft(), QSize(3, option.rect.height())),
                          theme::color(option.palette, Role::StealEdge));
    if (column == Column::Ordinal && m_connection != 0
        && m_model.connectionOf(number) == m_connection)
        painter->fillRect(QRect(option.rect.left() + 3, option.rect.top(), 2, option.rect.height()),
                          theme::color(option.palette, Role::Accent));
    if (column == Column::Mode) {
        paintIcon(painter, option, look);
        return;
    }
    if (look.loss && column >= Column::Method) {
        paintLoss(painter, option, index, look);
        return;
    }
    QString text = m_model.text(number, column);
    if (column == Column::Status && text.isEmpty() && look.open)
        text = QStringLiteral("\u2026");
    if (text.isEmpty())
        return;
    QRect inside = option.rect.adjusted(theme::gap, 0, -theme::gap, 0);
    if (column == Column::Path)
        inside = paintTags(painter, option, inside, number);
    const bool right =
        column == Column::Ordinal || column == Column::Duration || column == Column::Size;
    // Of a path both ends tell most, of a sentence its beginning.
    const bool middle = column == Column::Path && !look.sentence;
    QFont font = option.font;
    if (column == Column::Status || column == Column::Method)
        font.setWeight(QFont::DemiBold);
    const QFontMetrics metrics(font);
    painter->setFont(font);
    painter->setPen(theme::color(option.palette, inkOf(column, look)));
    painter->drawText(
        inside,
        Qt::AlignVCenter | Qt::TextSingleLine | (right ? Qt::AlignRight : Qt::AlignLeft),
        metrics.horizontalAdvance(text) > inside.width()
            ? metrics.elidedText(text, middle ? Qt::ElideMiddle : Qt::ElideRight, inside.width())
            : text);
}

} // namespace podglass::views
