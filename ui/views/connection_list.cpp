// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/connection_list.h"

#include "ui/theme/theme.h"

#include <QHeaderView>
#include <QScrollBar>
#include <QTableView>
#include <QVBoxLayout>

namespace podglass::views {

using models::ConnectionModel;

ConnectionList::ConnectionList(ConnectionModel& model, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_table(new QTableView(this))
{
    m_table->setObjectName(QStringLiteral("connectionTable"));
    m_table->setAccessibleName(tr("Connections"));
    m_table->setModel(&m_model);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setProperty("cells", QStringLiteral("padded")); // in line with the header
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + theme::gap);
    QHeaderView* header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    const int digit = fontMetrics().horizontalAdvance(QLatin1Char('0'));
    const std::array<int, ConnectionModel::ColumnCount> widths{
        6, 20, 22, 22, 20, 10, 11, 11, 10, 24};
    for (int column = 0; column < ConnectionModel::ColumnCount; ++column)
        m_table->setColumnWidth(column, widths.at(static_cast<std::size_t>(column)) * digit);
    header->setStretchLastSection(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_table);
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex& index) {
        emit openRequested(m_model.numberAt(index.row()));
    });
    // Follows the tail like the list of requests, while nothing is selected.
    connect(m_table->verticalScrollBar(), &QScrollBar::rangeChanged, this, [this] {
        if (!m_table->currentIndex().isValid())
            m_table->scrollToBottom();
    });
}

void ConnectionList::setCurrent(quint32 connection)
{
    const int row = m_model.rowOf(connection);
    if (row < 0)
        return;
    m_table->selectRow(row);
    m_table->scrollTo(m_model.index(row, 0));
}

void ConnectionList::focusTable()
{
    m_table->setFocus();
}

} // namespace podglass::views
