// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/message_list.h"

#include "ui/theme/colors.h"
#include "ui/theme/theme.h"
#include "ui/views/body_view.h"

#include <array>

#include <QHeaderView>
#include <QLabel>
#include <QScrollBar>
#include <QSplitter>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>

namespace podglass::views {

using models::MessageModel;

namespace {

// Direction by arrow, word and colour; what is not the application's data is muted.
class MessageDelegate : public QStyledItemDelegate
{
public:
    explicit MessageDelegate(const MessageModel& model, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_model(model)
    {}

    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override
    {
        using theme::Role;
        QStyledItemDelegate::initStyleOption(option, index);
        const models::MessageShown shown = m_model.shown(index.row());
        Role ink = Role::Text;
        if (index.column() == MessageModel::Direction)
            ink = shown.toServer ? Role::Accent : Role::Success;
        else if (shown.problem)
            ink = Role::Failure;
        else if (shown.control || index.column() == MessageModel::Time)
            ink = Role::Muted;
        for (const auto role : {QPalette::Text, QPalette::HighlightedText})
            option->palette.setColor(role, theme::color(option->palette, ink));
    }

private:
    const MessageModel& m_model;
};

} // namespace

MessageList::MessageList(MessageModel& model, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_summary(new QLabel(this))
    , m_empty(new QLabel(this))
    , m_splitter(new QSplitter(Qt::Vertical, this))
    , m_table(new QTableView(this))
    , m_body(new BodyView(tr("Message"), this))
{
    m_summary->setObjectName(QStringLiteral("messageSummary"));
    m_summary->setProperty("tone", QStringLiteral("muted"));
    m_summary->setTextFormat(Qt::PlainText);
    m_summary->setContentsMargins(theme::gap, theme::gapSmall, theme::gap, theme::gapSmall);
    m_empty->setText(tr("No message yet. Messages appear here as they come."));
    m_empty->setProperty("tone", QStringLiteral("muted"));
    m_empty->setAlignment(Qt::AlignCenter);
    setUpTable();
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(1);
    m_splitter->addWidget(m_table);
    m_splitter->addWidget(m_body);
    m_splitter->setSizes({1000, 700});
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_summary);
    layout->addWidget(m_empty, 1);
    layout->addWidget(m_splitter, 1);
    connect(&m_model, &QAbstractItemModel::modelReset, this, &MessageList::onChanged);
    connect(&m_model, &QAbstractItemModel::rowsInserted, this, &MessageList::onChanged);
    connect(&m_model, &QAbstractItemModel::rowsRemoved, this, &MessageList::onChanged);
    connect(m_table->selectionModel(),
            &QItemSelectionModel::currentRowChanged,
            this,
            &MessageList::showCurrent);
    onChanged();
}

void MessageList::setUpTable()
{
    m_table->setObjectName(QStringLiteral("messageTable"));
    m_table->setAccessibleName(tr("Messages"));
    m_table->setModel(&m_model);
    m_table->setItemDelegate(new MessageDelegate(m_model, m_table));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setProperty("cells", QStringLiteral("padded")); // in line with the header
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setTextElideMode(Qt::ElideRight);
    m_table->setMinimumHeight(fontMetrics().height() * 4);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + theme::gap);
    QHeaderView* header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->setStretchLastSection(true);
    const int digit = fontMetrics().horizontalAdvance(QLatin1Char('0'));
    constexpr std::array<int, MessageModel::Preview> widths{11, 15, 22, 10};
    for (int column = 0; column < MessageModel::Preview; ++column)
        m_table->setColumnWidth(column, widths.at(static_cast<std::size_t>(column)) * digit);
}

void MessageList::onChanged()
{
    const bool any = m_model.rowCount() != 0;
    m_empty->setVisible(!any);
    m_splitter->setVisible(any);
    m_summary->setVisible(any);
    m_summary->setText(m_model.summary());
    if (!m_table->currentIndex().isValid())
        m_table->scrollToBottom();
    showCurrent();
}

void MessageList::showCurrent()
{
    const QModelIndex current = m_table->currentIndex();
    m_body->setVisible(current.isValid());
    if (!current.isValid())
        return;
    const models::MessageShown shown = m_model.shown(current.row());
    models::MessageDetail message;
    message.seen = message.ended = true;
    message.body = shown.payload;
    message.bodyBytes = static_cast<quint64>(shown.payload.size());
    message.contentType = shown.title;
    message.note = shown.note;
    message.protobuf = shown.protobuf && !shown.payload.isEmpty();
    m_body->setMessage(message);
}

void MessageList::find(int direction)
{
    m_body->find(direction);
}

void MessageList::focusTable()
{
    m_table->setFocus();
}

} // namespace podglass::views
