// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/exchange_columns.h"

#include "ui/models/exchange_model.h"
#include "ui/theme/theme.h"

#include <algorithm>

#include <QHeaderView>
#include <QTableView>

namespace podglass::views {

using store::Column;

void setUpColumns(QTableView& table)
{
    const int digit = table.fontMetrics().horizontalAdvance(QLatin1Char('0'));
    const auto width = [&](Column column, int characters) {
        table.setColumnWidth(static_cast<int>(column), characters * digit + 2 * theme::gap);
    };
    width(Column::Ordinal, 7);
    width(Column::Time, 12);
    width(Column::Mode, 2);
    width(Column::Method, 9);
    width(Column::Host, 18);
    width(Column::Status, 6);
    width(Column::Duration, 8);
    width(Column::Size, 8);
    width(Column::Client, 14);
    width(Column::Target, 14);
    table.setColumnHidden(static_cast<int>(Column::Target), true);
    QHeaderView* header = table.horizontalHeader();
    header->moveSection(static_cast<int>(Column::Target), static_cast<int>(Column::Method));
    header->setSectionResizeMode(static_cast<int>(Column::Path), QHeaderView::Stretch);
}

void fitColumns(QTableView& table, int width, bool targetsShown)
{
    const int digits = width / std::max(1, table.fontMetrics().horizontalAdvance(QLatin1Char('0')));
    const auto show = [&table](Column column, bool shown) {
        table.setColumnHidden(static_cast<int>(column), !shown);
    };
    show(Column::Client, digits >= 135);
    show(Column::Host, digits >= 115);
    show(Column::Size, digits >= 85);
    show(Column::Time, digits >= 70);
    show(Column::Target, targetsShown);
}

void fitStatus(QTableView& table, const models::ExchangeModel& model, int first, int last)
{
    constexpr int most = 200;
    QFont font = table.font();
    font.setWeight(QFont::DemiBold);
    const QFontMetrics metrics(font);
    int wanted = 0;
    for (int row = std::max(first, last - most); row <= last; ++row)
        wanted = std::max(
            wanted, metrics.horizontalAdvance(model.text(model.numberAt(row), Column::Status)));
    const int column = static_cast<int>(Column::Status);
    if (wanted + 2 * theme::gap + 2 > table.columnWidth(column))
        table.setColumnWidth(column, wanted + 2 * theme::gap + 2);
}

} // namespace podglass::views
