// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/body_view.h"

#include "ui/models/body_text.h"
#include "ui/models/format.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace podglass::views {

namespace {

constexpr qsizetype firstShown = 256 * 1024;

} // namespace

BodyView::BodyView(const QString& name, QWidget* parent)
    : QWidget(parent)
    , m_shown(firstShown)
    , m_info(new QLabel(this))
    , m_form(new QComboBox(this))
    , m_text(new QPlainTextEdit(this))
    , m_more(new QPushButton(this))
{
    m_info->setProperty("tone", QStringLiteral("muted"));
    m_info->setTextFormat(Qt::PlainText);
    m_info->setMinimumWidth(0);
    m_info->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_form->addItems({tr("JSON"), tr("Text"), tr("Hex")});
    m_form->setObjectName(QStringLiteral("bodyForm"));
    m_form->setAccessibleName(tr("%1 body shown as").arg(name));
    m_text->setObjectName(QStringLiteral("bodyText"));
    m_text->setAccessibleName(tr("%1 body").arg(name));
    m_text->setReadOnly(true);
    m_text->setFont(theme::monospace());
    m_text->setLineWrapMode(QPlainTextEdit::WidgetWidth);
    m_text->setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    m_text->setTabChangesFocus(true);
    m_text->setUndoRedoEnabled(false);
    m_more->setObjectName(QStringLiteral("bodyMore"));
    m_more->setProperty("kind", QStringLiteral("link"));
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(theme::gap, theme::gapSmall, theme::gap, theme::gapSmall);
    bar->addWidget(m_info, 1);
    bar->addWidget(m_form);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_more);
    connect(m_more, &QPushButton::clicked, this, &BodyView::showMore);
    connect(m_form, &QComboBox::activated, this, [this] {
        m_byUser = true;
        render();
    });
}

void BodyView::setMessage(const models::MessageDetail& message)
{
    if (m_message.body == message.body && m_message.note == message.note
        && m_message.bodyBytes == message.bodyBytes && m_message.ended == message.ended)
        return;
    m_message = message;
    m_shown = firstShown;
    m_byUser = false;
    render();
}

BodyView::Form BodyView::chosen() const
{
    if (m_byUser)
        return static_cast<Form>(m_form->currentIndex());
    if (models::looksLikeJson(m_message.body))
        return Form::Json;
    return models::looksLikeText(m_message.body) ? Form::Text : Form::Hex;
}

void BodyView::render()
{
    const QByteArray part = m_message.body.left(m_shown);
    const Form form = chosen();
    m_form->setCurrentIndex(static_cast<int>(form));
    m_form->setVisible(!part.isEmpty());
    QStringList info;
    info << (m_message.bodyBytes == 0 && m_message.body.isEmpty()
                 ? tr("No body")
                 : models::bytes(m_message.bodyBytes));
    if (!m_message.contentType.isEmpty())
        info << m_message.contentType;
    if (!m_message.note.isEmpty())
        info << m_message.note;
    m_info->setText(info.join(QStringLiteral(" · ")));
    m_info->setToolTip(m_info->text());
    if (form == Form::Hex)
        m_text->setPlainText(models::hexDump(part));
    else {
        const QByteArray text = form == Form::Json ? models::indentJson(part) : part;
        m_text->setPlainText(models::hardWrapped(
            models::visible({text.constData(), static_cast<std::size_t>(text.size())}, true)));
    }
    const bool more = m_message.body.size() > m_shown;
    m_more->setVisible(more);
    m_more->setText(tr("Show more (%1 of %2 shown)")
                        .arg(models::bytes(static_cast<quint64>(part.size())),
                             models::bytes(static_cast<quint64>(m_message.body.size()))));
}

void BodyView::showMore()
{
    m_shown *= 2;
    render();
}

} // namespace podglass::views
