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
    , m_notes(new QLabel(this))
    , m_bar(makeBar())
    , m_stream(new QPlainTextEdit(this))
    , m_find(new FindBar(m_stream, this))
    , m_none(new QLabel(this))
{
    m_facts->setAccessibleName(tr("Connection"));
    m_facts->setObjectName(QStringLiteral("connectionFacts"));
    m_facts->setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    m_notes->setObjectName(QStringLiteral("connectionNotes"));
    m_notes->setProperty("tone", QStringLiteral("warning"));
    m_notes->setTextFormat(Qt::PlainText);
    m_notes->setWordWrap(true);
    m_notes->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_notes->setContentsMargins(theme::gap, theme::gapSmall, theme::gap, theme::gapSmall);
    m_stream->setObjectName(QStringLiteral("stream"));
    m_stream->setAccessibleName(tr("Stream"));
    m_stream->setReadOnly(true);
    m_stream->setFont(theme::monospace());
    m_stream->setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    m_stream->setTabChangesFocus(true);
    m_stream->setUndoRedoEnabled(false);
    m_none->setProperty("tone", QStringLiteral("muted"));
    m_none->setAlignment(Qt::AlignCenter);
    m_none->setWordWrap(true);
    m_none->setText(tr("All bytes of this connection belong to its requests and responses."));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::gapSmall, theme::gapSmall, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_facts);
    layout->addWidget(m_notes);
    layout->addWidget(m_bar);
    layout->addWidget(m_find);
    layout->addWidget(m_stream, 1);
    layout->addWidget(m_none, 1);
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
    const bool streamChanged =
        other || detail.chunks != m_detail.chunks || detail.encrypted != m_detail.encrypted;
    const bool factsChanged = other || detail.facts != m_detail.facts;
    m_detail = detail;
    if (other) {
        bool text = !detail.encrypted;
        for (const auto& chunk : detail.chunks)
            text = text && models::looksLikeText(chunk.data);
        m_form->setCurrentIndex(text ? Text : Hex);
        m_side->setCurrentIndex(Both);
    }
    if (factsChanged) {
        m_facts->setFields(detail.facts, {}, true);
        const int wanted = m_facts->verticalHeader()->length() + 2 * m_facts->frameWidth();
        m_facts->setFixedHeight(std::min(wanted, fontMetrics().height() * 16));
    }
    renderNotes();
    m_bar->setVisible(detail.hasStream);
    m_stream->setVisible(detail.hasStream);
    m_none->setVisible(!detail.hasStream);
    // What is encrypted is never shown as text.
    m_form->setEnabled(!detail.encrypted);
    m_left->setText(detail.left);
    m_left->setToolTip(detail.left);
    if (streamChanged)
        renderStream();
}

void ConnectionView::renderNotes()
{
    QStringList lines;
    constexpr qsizetype most = 8;
    for (const models::ConnectionNote& note : std::as_const(m_detail.notes).mid(0, most)) {
        lines << note.text;
        if (note.conflict)
            lines << tr("    read by the application: %1").arg(shortText(note.kept))
                  << tr("    the other version: %1").arg(shortText(note.dropped));
    }
    if (m_detail.notes.size() > most)
        lines << tr("and %1 more").arg(m_detail.notes.size() - most);
    m_notes->setText(lines.join(QLatin1Char('\n')));
    m_notes->setVisible(!lines.isEmpty());
}

void ConnectionView::renderStream()
{
    const bool atEnd =
        m_stream->verticalScrollBar()->value() == m_stream->verticalScrollBar()->maximum();
    const int place = m_stream->verticalScrollBar()->value();
    const int side = m_side->currentIndex();
    const bool hex = m_detail.encrypted || m_form->currentIndex() == Hex;
    m_stream->clear();
    QTextCursor cursor(m_stream->document());
    cursor.beginEditBlock();
    for (const models::StreamChunk& chunk : std::as_const(m_detail.chunks)) {
        if ((side == ToServer && !chunk.toServer) || (side == ToClient && chunk.toServer))
            continue;
        QTextCharFormat head;
        head.setForeground(theme::color(palette(), theme::Role::Muted));
        QTextCharFormat ink;
        ink.setForeground(
            theme::color(palette(), chunk.toServer ? theme::Role::Accent : theme::Role::Success));
        if (!cursor.atStart())
            cursor.insertBlock();
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
    cursor.endEditBlock();
    m_find->refresh(!m_detail.left.isEmpty());
    m_stream->verticalScrollBar()->setValue(atEnd ? m_stream->verticalScrollBar()->maximum()
                                                  : place);
}

void ConnectionView::find(int direction)
{
    if (direction == 0)
        m_find->open();
    else
        m_find->step(direction);
}

} // namespace podglass::views
