// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/fields_view.h"

#include "ui/models/secrets.h"
#include "ui/theme/colors.h"
#include "ui/theme/theme.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QStyledItemDelegate>

namespace podglass::views {

namespace {

constexpr int trueValue = Qt::UserRole + 1; // unmasked, for filters; never shown

class FieldDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QWidget* createEditor(QWidget* parent,
                          const QStyleOptionViewItem&,
                          const QModelIndex& index) const override
    {
        auto* editor = new QLineEdit(index.data().toString(), parent);
        editor->setReadOnly(true);
        editor->setAccessibleName(index.siblingAtColumn(0).data().toString());
        return editor;
    }

    void setModelData(QWidget*, QAbstractItemModel*, const QModelIndex&) const override {}

protected:
    // Names are muted, by the palette that is in force when they are drawn.
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        if (index.column() == 0)
            option->palette.setColor(QPalette::Text,
                                     theme::color(option->palette, theme::Role::Muted));
    }
};

} // namespace

FieldsView::FieldsView(QWidget* parent)
    : QTableWidget(0, 2, parent)
{
    setObjectName(QStringLiteral("fields"));
    setItemDelegate(new FieldDelegate(this));
    setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setShowGrid(false);
    setWordWrap(true);
    setTabKeyNavigation(false);
    setTextElideMode(Qt::ElideRight);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    horizontalHeader()->hide();
    verticalHeader()->hide();
    verticalHeader()->setMinimumSectionSize(fontMetrics().height() + theme::gapSmall);
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + theme::gapSmall + 2);
    horizontalHeader()->setStretchLastSection(true);
}

void FieldsView::setFields(const Fields& fields, const Fields& trailers, bool reveal)
{
    setRowCount(0);
    add(fields, reveal, {});
    add(trailers, reveal, tr("trailer"));
    fitColumns();
}

void FieldsView::add(const Fields& fields, bool reveal, const QString& note)
{
    for (const auto& [name, value] : fields) {
        const int row = rowCount();
        insertRow(row);
        auto* left = new QTableWidgetItem(note.isEmpty() ? name : tr("%1 (%2)").arg(name, note));
        left->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
        left->setTextAlignment(Qt::AlignLeft | Qt::AlignTop);
        left->setData(Qt::UserRole, name);
        auto* right = new QTableWidgetItem(reveal ? value : models::masked(name, value));
        right->setData(trueValue, value);
        right->setTextAlignment(Qt::AlignLeft | Qt::AlignTop);
        setItem(row, 0, left);
        setItem(row, 1, right);
    }
}

void FieldsView::fitColumns()
{
    resizeColumnToContents(0);
    setColumnWidth(0, std::clamp(columnWidth(0) + theme::gap, 80, std::max(100, width() * 2 / 5)));
    // Not resizeRowsToContents(), which makes each as high as a section of the hidden header.
    for (int row = 0; row < rowCount(); ++row)
        setRowHeight(row, std::max(sizeHintForRow(row), fontMetrics().height()) + theme::gapSmall);
}

void FieldsView::resizeEvent(QResizeEvent* event)
{
    QTableWidget::resizeEvent(event);
    fitColumns();
}

void FieldsView::copyRow(bool whole)
{
    const int row = currentRow();
    if (row < 0)
        return;
    const QString value = item(row, 1)->text();
    QGuiApplication::clipboard()->setText(
        whole ? item(row, 0)->data(Qt::UserRole).toString() + QStringLiteral(": ") + value : value);
}

void FieldsView::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy))
        copyRow(true);
    else
        QTableWidget::keyPressEvent(event);
}

void FieldsView::contextMenuEvent(QContextMenuEvent* event)
{
    if (currentRow() < 0)
        return;
    const QString name = item(currentRow(), 0)->data(Qt::UserRole).toString();
    const QString value = item(currentRow(), 1)->data(trueValue).toString();
    QMenu menu(this);
    connect(
        menu.addAction(tr("Copy value")), &QAction::triggered, this, [this] { copyRow(false); });
    connect(menu.addAction(tr("Copy name and value")), &QAction::triggered, this, [this] {
        copyRow(true);
    });
    menu.addSeparator();
    connect(menu.addAction(tr("Filter like this")), &QAction::triggered, this, [&] {
        emit filterRequested(name, value);
    });
    menu.exec(event->globalPos());
}

} // namespace podglass::views
