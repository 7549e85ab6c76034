// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/exchange_list.h"

#include "ui/models/format.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"
#include "ui/views/exchange_columns.h"
#include "ui/views/exchange_delegate.h"

#include <algorithm>

#include <QFocusEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QTableView>
#include <QVBoxLayout>

namespace podglass::views {

namespace {

// Focus alone makes the first row of a QAbstractItemView current, which nobody has chosen.
class Table : public QTableView
{
public:
    using QTableView::QTableView;

protected:
    void focusInEvent(QFocusEvent* event) override
    {
        if (currentIndex().isValid())
            QTableView::focusInEvent(event);
        else
            QWidget::focusInEvent(event);
    }
};

} // namespace

ExchangeList::ExchangeList(models::ExchangeModel& model, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_table(new Table(this))
    , m_delegate(new ExchangeDelegate(model, this))
    , m_pill(new QPushButton(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_table);
    setUpTable();
    connectModel();

    m_pill->setObjectName(QStringLiteral("newRowsPill"));
    m_pill->setProperty("kind", QStringLiteral("primary"));
    m_pill->setIcon(theme::icon(QStringLiteral("down"), theme::Role::AccentText));
    m_pill->setFocusPolicy(Qt::NoFocus);
    m_pill->setCursor(Qt::PointingHandCursor);
    m_pill->hide();
    connect(m_pill, &QPushButton::clicked, this, &ExchangeList::follow);
}

void ExchangeList::setUpTable()
{
    m_table->setObjectName(QStringLiteral("exchangeTable"));
    m_table->setAccessibleName(tr("Requests"));
    m_table->setModel(&m_model);
    m_table->setItemDelegate(m_delegate);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->verticalHeader()->hide();
    // All rows are alike: the header then needs no height of its own for each.
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + theme::gap + 2);
    QHeaderView* header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionsMovable(true);
    header->setMinimumSectionSize(28);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    // No indicator: as they came. A third click on a column goes back to that.
    header->setSortIndicatorClearable(true);
    header->setSortIndicator(-1, Qt::AscendingOrder);
    m_table->setSortingEnabled(true);
    setUpColumns(*m_table);
    m_table->installEventFilter(this);
}

void ExchangeList::connectModel()
{
    connect(
        m_table->verticalScrollBar(), &QScrollBar::valueChanged, this, &ExchangeList::onScrolled);
    connect(m_table->verticalScrollBar(), &QScrollBar::rangeChanged, this, [this] {
        const QScopedValueRollback moving(m_moving, true);
        if (m_following)
            m_table->verticalScrollBar()->setValue(m_table->verticalScrollBar()->maximum());
    });
    connect(m_table->selectionModel(),
            &QItemSelectionModel::currentRowChanged,
            this,
            &ExchangeList::onCurrent);
    connect(&m_model,
            &QAbstractItemModel::rowsInserted,
            this,
            [this](const QModelIndex&, int first, int last) { onInserted(first, last); });
    connect(&m_model,
            &QAbstractItemModel::dataChanged,
            this,
            [this](const QModelIndex& first, const QModelIndex& last) {
                fitStatus(*m_table, m_model, first.row(), last.row());
            });
    connect(&m_model,
            &QAbstractItemModel::rowsRemoved,
            this,
            [this](const QModelIndex&, int first, int last) { onRemoved(first, last); });
    connect(
        &m_model, &QAbstractItemModel::modelAboutToBeReset, this, &ExchangeList::rememberSelection);
    connect(&m_model, &QAbstractItemModel::modelReset, this, &ExchangeList::restoreSelection);
    connect(m_table, &QTableView::doubleClicked, this, [this](const QModelIndex& index) {
        emit openRequested(m_model.numberAt(index.row()));
    });
    connect(m_table, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
        const QModelIndex index = m_table->indexAt(at);
        if (!index.isValid())
            return;
        freeze();
        emit menuRequested(m_model.numberAt(index.row()), m_table->viewport()->mapToGlobal(at));
    });
}

std::vector<store::Number> ExchangeList::selected() const
{
    std::vector<store::Number> numbers;
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    for (const QModelIndex& index : rows)
        numbers.push_back(m_model.numberAt(index.row()));
    std::ranges::sort(numbers);
    return numbers;
}

void ExchangeList::setCurrent(store::Number number)
{
    const int row = m_model.rowOf(number);
    if (row >= 0)
        goTo(row);
}

void ExchangeList::goTo(int row)
{
    if (m_model.rowCount() == 0)
        return;
    const QModelIndex index = m_model.index(std::clamp(row, 0, m_model.rowCount() - 1), 0);
    m_table->selectionModel()->setCurrentIndex(
        index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    m_table->scrollTo(index);
}

void ExchangeList::step(int rows)
{
    const QModelIndex now = m_table->currentIndex();
    goTo(now.isValid() ? now.row() + rows : (rows > 0 ? 0 : m_model.rowCount() - 1));
}

void ExchangeList::stepInConnection(int direction)
{
    constexpr int lookFar = 100'000;
    const quint32 connection = m_model.connectionOf(m_current);
    if (connection == 0)
        return;
    int row = m_table->currentIndex().row() + direction;
    for (int looked = 0; row >= 0 && row < m_model.rowCount() && looked < lookFar;
         row += direction, ++looked)
        if (m_model.connectionOf(m_model.numberAt(row)) == connection) {
            goTo(row);
            return;
        }
}

void ExchangeList::follow()
{
    setFollowing(true);
    const QScopedValueRollback moving(m_moving, true);
    m_table->scrollToBottom();
}

void ExchangeList::freeze()
{
    setFollowing(false);
}

void ExchangeList::setWhole(bool whole)
{
    m_whole = whole;
    m_unseen = 0;
    updatePill();
}

void ExchangeList::showTargets(bool shown)
{
    m_targetsShown = shown;
    fitColumns(*m_table, width(), m_targetsShown);
}

void ExchangeList::setFollowing(bool following)
{
    if (following)
        m_unseen = 0;
    const bool changed = m_following != following;
    m_following = following;
    updatePill();
    if (changed)
        emit followingChanged(following);
}

void ExchangeList::onScrolled()
{
    if (m_moving)
        return;
    const QScrollBar* bar = m_table->verticalScrollBar();
    setFollowing(bar->value() >= bar->maximum() - 1);
}

void ExchangeList::onInserted(int first, int last)
{
    fitStatus(*m_table, m_model, first, last);
    const bool tail = last == m_model.rowCount() - 1;
    if (m_following && tail) {
        const QScopedValueRollback moving(m_moving, true);
        m_table->scrollToBottom();
    } else if (tail) {
        m_unseen += last - first + 1;
        updatePill();
    }
}

// Rows that leave at the front do not move what the user reads.
void ExchangeList::onRemoved(int first, int last)
{
    QScrollBar* bar = m_table->verticalScrollBar();
    if (m_following || first > bar->value())
        return;
    const QScopedValueRollback moving(m_moving, true);
    bar->setValue(bar->value() - (std::min(last, bar->value() - 1) - first + 1));
}

void ExchangeList::onCurrent(const QModelIndex& now)
{
    if (m_moving)
        return;
    if (now.isValid() && now.row() < m_model.rowCount() - 1)
        freeze();
    const store::Number number = now.isValid() ? m_model.numberAt(now.row()) : 0;
    if (number == m_current || number == 0)
        return;
    m_current = number;
    m_delegate->setConnection(m_model.connectionOf(number));
    m_table->viewport()->update();
    emit currentChanged(number);
}

void ExchangeList::rememberSelection()
{
    m_remembered = selected();
    m_rememberedTop = m_table->verticalScrollBar()->value();
    m_moving = true;
}

void ExchangeList::restoreSelection()
{
    // Of a very large selection the current row is enough.
    constexpr std::size_t many = 1000;
    QItemSelection selection;
    if (m_remembered.size() <= many)
        for (const store::Number number : m_remembered)
            if (const int row = m_model.rowOf(number); row >= 0)
                selection.select(m_model.index(row, 0),
                                 m_model.index(row, models::exchangeColumns - 1));
    m_table->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
    if (const int row = m_model.rowOf(m_current); row >= 0) {
        const QModelIndex index = m_model.index(row, 0);
        m_table->selectionModel()->setCurrentIndex(index, QItemSelectionModel::NoUpdate);
        if (!m_following)
            m_table->scrollTo(index, QAbstractItemView::PositionAtCenter);
    } else if (!m_following) {
        m_table->verticalScrollBar()->setValue(m_rememberedTop);
    }
    if (m_following)
        m_table->scrollToBottom();
    m_moving = false;
}

void ExchangeList::updatePill()
{
    const bool allShown = m_table->verticalScrollBar()->maximum() == 0;
    m_pill->setVisible(!m_following && m_unseen > 0 && !allShown && !m_whole);
    if (!m_pill->isVisible())
        return;
    m_pill->setText(tr("%1 new").arg(models::count(static_cast<std::uint64_t>(m_unseen))));
    m_pill->setToolTip(tr("Show the newest and follow (End)"));
    m_pill->adjustSize();
    const QRect area = m_table->viewport()->geometry();
    m_pill->move(area.center().x() - m_pill->width() / 2,
                 area.bottom() - m_pill->height() - theme::gapLarge);
    m_pill->raise();
}

void ExchangeList::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    fitColumns(*m_table, width(), m_targetsShown);
    updatePill();
}

bool ExchangeList::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_table && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const auto modifiers = key->modifiers() & ~Qt::KeypadModifier;
        if (modifiers == Qt::ShiftModifier && key->key() == Qt::Key_G)
            return onKey(Qt::Key_End);
        if (modifiers == Qt::NoModifier && onKey(key->key()))
            return true;
        // Typing never starts Qt's search through a million rows.
        if (modifiers == Qt::NoModifier && !key->text().isEmpty() && key->text()[0].isPrint()) {
            event->ignore();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

bool ExchangeList::onKey(int key)
{
    switch (key) {
    case Qt::Key_J:
        step(1);
        return true;
    case Qt::Key_K:
        step(-1);
        return true;
    case Qt::Key_Home:
    case Qt::Key_G:
        goTo(0);
        return true;
    case Qt::Key_End:
        goTo(m_model.rowCount() - 1);
        follow();
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current != 0)
            emit openRequested(m_current);
        return true;
    default:
        return false;
    }
}

} // namespace podglass::views
