// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/connection_view.h"

#include "ui/models/body_text.h"
#include "ui/models/format.h"
#include "ui/theme/colors.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"
#include "ui/views/fields_view.h"
#include "ui/views/find_bar.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>

namespace podglass::views {

namespace {

enum Side
{
    Both,
    ToServer,
    ToClient
};

enum Form
{
    Text,
    Hex
};

constexpr qsizetype shownConflict = 64;

QString shortHex(const QByteArray& data)
{
    QString text = QString::fromLatin1(data.left(shownConflict).toHex(' '));
    return data.size() > shownConflict ? text + QStringLiteral(" \u2026") : text;
}

QString shortText(const QByteArray& data)
{
    if (!models::looksLikeText(data))
        return shortHex(data);
    const QByteArray part = data.left(shownConflict);
    return QLatin1Char('"')
           + models::visible({part.constData(), static_cast<std::size_t>(part.size())})
           + (data.size() > shownConflict ? QStringLiteral("\u2026\"") : QStringLiteral("\""));
}

} // namespace

ConnectionView::ConnectionView(QWidget* parent)
    : QWidget(parent)
    , m_facts(new FieldsView(this))
    , m_bar(makeBar())
    , m_stream(new QPlainTextEdit(this))
    , m_find(new FindBar(m_stream, this))
    , m_splitter(new QSplitter(this))
{
    m_facts->setAccessibleName(tr("Connection"));
    m_facts->setObjectName(QStringLiteral("connectionFacts"));
    m_facts->setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    m_stream->setObjectName(QStringLiteral("stream"));
    m_stream->setAccessibleName(tr("Stream"));
    m_stream->setReadOnly(true);
    m_stream->setFont(theme::monospace());
    m_stream->setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    m_stream->setTabChangesFocus(true);
    m_stream->setUndoRedoEnabled(false);
    auto* bytes = new QWidget(this);
    auto* right = new QVBoxLayout(bytes);
    right->setContentsMargins(0, 0, 0, 0);
    right->setSpacing(0);
    right->addWidget(m_bar);
    right->addWidget(m_find);
    right->addWidget(m_stream, 1);
    m_splitter->setObjectName(QStringLiteral("factsAndStream"));
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(1);
    m_splitter->addWidget(m_facts);
    m_splitter->addWidget(bytes);
    m_facts->setMinimumSize(160, fontMetrics().height() * 2);
    m_stream->setMinimumHeight(fontMetrics().height() * 2);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::gapSmall, theme::gapSmall, 0, 0);
    layout->addWidget(m_splitter);
}

QWidget* ConnectionView::makeBar()
{
    auto* bar = new QWidget(this);
    m_left = new QLabel(bar);
    m_left->setProperty("tone", QStringLiteral("muted"));
    m_left->setTextFormat(Qt::PlainText);
    m_left->setMinimumWidth(0);
    m_left->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_side = new QComboBox(bar);
    m_side->setObjectName(QStringLiteral("streamSide"));
    m_side->setAccessibleName(tr("Directions shown"));
    m_side->addItems({tr("Both directions"), tr("→ To the server"), tr("← To the client")});
    m_form = new QComboBox(bar);
    m_form->setObjectName(QStringLiteral("streamForm"));
    m_form->setAccessibleName(tr("Stream shown as"));
    m_form->addItems({tr("Text"), tr("Hex")});
    m_save = new QToolButton(bar);
    m_save->setObjectName(QStringLiteral("streamSave"));
    m_save->setProperty("kind", QStringLiteral("button"));
    m_save->setText(tr("Save"));
    m_save->setAccessibleName(tr("Save the stream"));
    m_save->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(m_save);
    menu->addAction(
        tr("Bytes to the server…"), this, [this] { emit saveRequested(m_detail.number, true); });
    menu->addAction(
        tr("Bytes to the client…"), this, [this] { emit saveRequested(m_detail.number, false); });
    m_save->setMenu(menu);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(theme::gap, theme::gapSmall, theme::gap, theme::gapSmall);
    layout->addWidget(m_left, 1);
    layout->addWidget(m_side);
    layout->addWidget(m_form);
    layout->addWidget(m_save);
    connect(m_side, &QComboBox::activated, this, &ConnectionView::renderStream);
    connect(m_form, &QComboBox::activated, this, &ConnectionView::renderStream);
    return bar;
}

void ConnectionView::setDetail(const models::ConnectionDetail& detail)
{
    if (detail == m_detail)
        return;
    const bool other = detail.number != m_detail.number;
    const bool streamChanged = other || detail.chunks != m_detail.chunks
                               || detail.notes != m_detail.notes
                               || detail.encrypted != m_detail.encrypted;
    const bool factsChanged = other || detail.facts != m_detail.facts;
    m_detail = detail;
    m_fresh = m_fresh || other;
    if (other) {
        bool text = !detail.encrypted;
        for (const auto& chunk : detail.chunks)
            text = text && models::looksLikeText(chunk.data);
        m_form->setCurrentIndex(text ? Text : Hex);
        m_side->setCurrentIndex(Both);
    }
    if (factsChanged)
        m_facts->setFields(detail.facts, {}, true);
    if (other)
        arrange();
    m_side->setVisible(detail.hasStream);
    m_form->setVisible(detail.hasStream);
    m_save->setVisible(detail.hasStream);
    m_bar->setVisible(detail.hasStream || !detail.left.isEmpty());
    // What is encrypted is never shown as text.
    m_form->setEnabled(!detail.encrypted);
    m_left->setText(detail.left);
    m_left->setToolTip(detail.left);
    if (streamChanged)
        renderStream();
}

// What is missing or odd stands in the stream, at its place.
void ConnectionView::insertNote(QTextCursor& cursor, const models::ConnectionNote& note)
{
    QTextCharFormat ink;
    const bool lost = note.gap;
    ink.setForeground(theme::color(palette(), lost ? theme::Role::Loss : theme::Role::Warning));
    QTextBlockFormat block;
    block.setBackground(
        theme::color(palette(), lost ? theme::Role::LossFill : theme::Role::WarningFill));
    if (!cursor.atStart())
        cursor.insertBlock();
    cursor.setBlockFormat(block);
    cursor.insertText(QStringLiteral("\u26a0 ") + note.text, ink);
    if (note.conflict) {
        cursor.insertBlock(block);
        cursor.insertText(tr("   read by the application: %1").arg(shortText(note.kept)), ink);
        cursor.insertBlock(block);
        cursor.insertText(tr("   the other version:       %1").arg(shortText(note.dropped)), ink);
    }
    cursor.insertBlock(QTextBlockFormat());
    cursor.setBlockFormat({});
    m_open = true;
}

void ConnectionView::insertChunk(QTextCursor& cursor, const models::StreamChunk& chunk, bool hex)
{
    QTextCharFormat head;
    head.setForeground(theme::color(palette(), theme::Role::Muted));
    QTextCharFormat ink;
    ink.setForeground(
        theme::color(palette(), chunk.toServer ? theme::Role::Accent : theme::Role::Success));
    if (!cursor.atStart() && !m_open)
        cursor.insertBlock();
    m_open = false;
    cursor.insertText(tr("%1 %2   byte %3, %4")
                          .arg(chunk.toServer ? tr("→ to the server") : tr("← to the client"),
                               chunk.time,
                               models::count(chunk.offset),
                               models::bytes(static_cast<quint64>(chunk.data.size()))),
                      head);
    cursor.insertBlock();
    const std::string_view bytes(chunk.data.constData(),
                                 static_cast<std::size_t>(chunk.data.size()));
    QString text =
        hex ? models::hexDump(chunk.data) : models::hardWrapped(models::visible(bytes, true));
    while (text.endsWith(QLatin1Char('\n')))
        text.chop(1);
    cursor.insertText(text, ink);
}

void ConnectionView::renderStream()
{
    const bool atEnd =
        m_stream->verticalScrollBar()->value() == m_stream->verticalScrollBar()->maximum();
    const int place = m_stream->verticalScrollBar()->value();
    const int side = m_side->currentIndex();
    const bool hex = m_detail.encrypted || m_form->currentIndex() == Hex;
    const auto shown = [side](bool toServer) {
        return side == Both || (side == ToServer) == toServer;
    };
    m_stream->clear();
    m_open = false;
    QTextCursor cursor(m_stream->document());
    cursor.beginEditBlock();
    QVector<models::ConnectionNote> waiting = m_detail.notes;
    for (const models::StreamChunk& chunk : std::as_const(m_detail.chunks)) {
        if (!shown(chunk.toServer))
            continue;
        const quint64 end = chunk.offset + static_cast<quint64>(chunk.data.size());
        waiting.removeIf([&](const models::ConnectionNote& note) {
            const bool here = note.toServer == chunk.toServer && note.offset < end;
            if (here)
                insertNote(cursor, note);
            return here;
        });
        insertChunk(cursor, chunk, hex);
    }
    for (const models::ConnectionNote& note : std::as_const(waiting))
        if (shown(note.toServer))
            insertNote(cursor, note);
    if (!m_detail.hasStream) {
        QTextCharFormat muted;
        muted.setForeground(theme::color(palette(), theme::Role::Muted));
        if (!cursor.atStart() && !m_open)
            cursor.insertBlock();
        cursor.insertText(tr("All bytes of this connection belong to its requests and responses."),
                          muted);
    }
    cursor.endEditBlock();
    m_find->refresh(!m_detail.left.isEmpty());
    // What is over is read from its beginning, what goes on is followed.
    const bool follow = m_fresh ? m_detail.open : atEnd;
    m_stream->verticalScrollBar()->setValue(follow    ? m_stream->verticalScrollBar()->maximum()
                                            : m_fresh ? 0
                                                      : place);
    m_fresh = false;
}

// Beside each other where there is room: a short pane then still shows both.
void ConnectionView::arrange()
{
    constexpr int besideFrom = 680;
    const bool beside = width() >= besideFrom;
    m_splitter->setOrientation(beside ? Qt::Horizontal : Qt::Vertical);
    const int all = beside ? width() : height();
    const int wanted =
        beside ? all * 38 / 100 : std::min(m_facts->verticalHeader()->length() + 2, all * 45 / 100);
    m_splitter->setSizes({wanted, all - wanted});
}

// The text carries its colours.
void ConnectionView::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        renderStream();
}

void ConnectionView::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void ConnectionView::find(int direction)
{
    if (direction == 0)
        m_find->open();
    else
        m_find->step(direction);
}

} // namespace podglass::views
