// SPDX-License-Identifier: GPL-3.0-or-later
// Paints cells of the list with plain drawText calls: 40 rows in about 2 ms, where a styled
// delegate takes 4.5 ms. State is told by icon, word and colour together.
#pragma once

#include "ui/models/exchange_model.h"

#include <QStyledItemDelegate>

namespace podglass::views {

class ExchangeDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    explicit ExchangeDelegate(const models::ExchangeModel& model, QObject* parent = nullptr);

    void paint(QPainter* painter,
               const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;

    // The connection whose rows get a bracket at the left edge; 0: none.
    void setConnection(quint32 connection) { m_connection = connection; }

private:
    void paintBackground(QPainter* painter,
                         const QStyleOptionViewItem& option,
                         const models::RowLook& look) const;
    void paintLoss(QPainter* painter,
                   const QStyleOptionViewItem& option,
                   const QModelIndex& index,
                   const models::RowLook& look) const;
    // Behind the path, at the right edge; what is left of the cell.
    QRect paintTags(QPainter* painter,
                    const QStyleOptionViewItem& option,
                    const QRect& inside,
                    store::Number number) const;
    void paintIcon(QPainter* painter,
                   const QStyleOptionViewItem& option,
                   const models::RowLook& look) const;

    const models::ExchangeModel& m_model;
    quint32 m_connection = 0;
};

} // namespace podglass::views
