// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/message_view.h"

#include "ui/models/body_text.h"
#include "ui/models/format.h"
#include "ui/models/secrets.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"
#include "ui/views/body_view.h"
#include "ui/views/fields_view.h"

#include <QLabel>
#include <QPlainTextEdit>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

namespace podglass::views {

namespace {

constexpr qsizetype rawShown = 256 * 1024;

} // namespace

MessageView::MessageView(const QString& name, QWidget* parent)
    : QWidget(parent)
    , m_name(name)
    , m_line(new QLabel(this))
    , m_note(new QLabel(this))
    , m_tabs(new QTabWidget(this))
    , m_fields(new FieldsView(this))
    , m_body(new BodyView(name, this))
    , m_raw(new QPlainTextEdit(this))
{
    m_line->setProperty("tone", QStringLiteral("strong"));
    m_line->setTextFormat(Qt::PlainText);
    m_line->setContentsMargins(theme::gap, theme::gapSmall, theme::gap, theme::gapSmall);
    m_line->setMinimumWidth(0);
    m_line->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_note->setProperty("tone", QStringLiteral("warning"));
    m_note->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);
    m_note->setContentsMargins(theme::gap, 0, theme::gap, theme::gapSmall);
    m_fields->setAccessibleName(tr("%1 headers").arg(name));
    m_raw->setAccessibleName(tr("%1, raw").arg(name));
    m_raw->setObjectName(QStringLiteral("raw"));
    m_raw->setReadOnly(true);
    m_raw->setTabChangesFocus(true);
    m_raw->setUndoRedoEnabled(false);
    m_raw->setFont(theme::monospace());
    m_raw->setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    m_tabs->setDocumentMode(true);
    m_tabs->tabBar()->setAccessibleName(tr("Parts of the %1").arg(name.toLower()));
    m_tabs->setAccessibleName(name);
    // A table keeps no margins of its own; in line with the texts above it.
    auto* fields = new QWidget(this);
    fields->setProperty("surface", QStringLiteral("base"));
    fields->setAttribute(Qt::WA_StyledBackground);
    auto* inset = new QVBoxLayout(fields);
    inset->setContentsMargins(theme::gapSmall, theme::gapSmall, 0, 0);
    inset->addWidget(m_fields);
    m_tabs->addTab(fields, tr("Headers"));
    m_tabs->addTab(m_body, tr("Body"));
    m_tabs->addTab(m_raw, tr("Raw"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, theme::gapSmall, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_line);
    layout->addWidget(m_note);
    layout->addWidget(m_tabs, 1);
    connect(m_fields, &FieldsView::filterRequested, this, &MessageView::filterRequested);
}

void MessageView::setMessage(const models::MessageDetail& message,
                             const QString& missing,
                             bool reveal)
{
    // Setting the same again would lose scroll position and selection.
    if (m_any && m_shown == message && m_missing == missing && m_revealed == reveal)
        return;
    m_any = true;
    m_shown = message;
    m_missing = missing;
    m_revealed = reveal;
    m_line->setText(message.seen ? m_name + QStringLiteral("  ") + message.firstLine : m_name);
    m_line->setToolTip(message.firstLine);
    m_note->setText(message.seen ? message.note : missing);
    m_note->setVisible(!m_note->text().isEmpty());
    m_tabs->setEnabled(message.seen);
    m_fields->setFields(message.fields, message.trailers, reveal);
    m_tabs->setTabText(
        0, message.fields.isEmpty() ? tr("Headers") : tr("Headers %1").arg(message.fields.size()));
    m_tabs->setTabText(
        1,
        message.bodyBytes == 0 ? tr("Body") : tr("Body %1").arg(models::bytes(message.bodyBytes)));
    m_body->setMessage(message);
    QString head = models::visible(
        {message.raw.constData(), static_cast<std::size_t>(message.raw.size())}, true);
    if (!reveal)
        head = models::maskedHead(head);
    const QByteArray body = message.body.left(rawShown);
    m_raw->setPlainText(models::hardWrapped(
        head + models::visible({body.constData(), static_cast<std::size_t>(body.size())}, true)));
}

void MessageView::setCompact(bool compact)
{
    m_line->setVisible(!compact);
}

void MessageView::find(int direction)
{
    m_tabs->setCurrentWidget(m_body);
    m_body->find(direction);
}

void MessageView::focusTabs()
{
    if (m_tabs->currentIndex() == 0)
        m_fields->setFocus();
    else
        m_tabs->currentWidget()->setFocus();
}

} // namespace podglass::views
