// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/body_view.h"

#include "ui/models/body_text.h"
#include "ui/models/format.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"
#include "ui/views/find_bar.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QShortcut>
#include <QToolButton>
#include <QVBoxLayout>

namespace podglass::views {

namespace {

constexpr qsizetype firstShown = 256 * 1024;

} // namespace

BodyView::BodyView(const QString& name, QWidget* parent)
    : QWidget(parent)
    , m_shown(firstShown)
    , m_info(new QLabel(this))
    , m_problem(new QLabel(this))
    , m_decode(new QToolButton(this))
    , m_form(new QComboBox(this))
    , m_text(new QPlainTextEdit(this))
    , m_more(new QPushButton(this))
    , m_find(new FindBar(m_text, this))
{
    m_info->setProperty("tone", QStringLiteral("muted"));
    m_info->setTextFormat(Qt::PlainText);
    m_info->setMinimumWidth(0);
    m_info->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_problem->setProperty("tone", QStringLiteral("warning"));
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    m_problem->setContentsMargins(theme::gap, 0, theme::gap, theme::gapSmall);
    m_problem->setObjectName(QStringLiteral("bodyProblem"));
    m_decode->setObjectName(QStringLiteral("bodyDecode"));
    m_decode->setProperty("kind", QStringLiteral("button"));
    m_decode->setCheckable(true);
    m_decode->setChecked(true);
    m_decode->setText(tr("Decoded"));
    m_decode->setToolTip(tr("With the content coding undone; off: the bytes as they were sent"));
    m_decode->setAccessibleName(tr("%1 body decoded").arg(name));
    m_form->addItems({tr("JSON"), tr("Text"), tr("Protobuf"), tr("Hex")});
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
    bar->addWidget(m_decode);
    bar->addWidget(m_form);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(m_problem);
    layout->addWidget(m_find);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_more);
    connect(m_more, &QPushButton::clicked, this, &BodyView::showMore);
    connect(m_form, &QComboBox::activated, this, [this] {
        m_byUser = true;
        render();
    });
    connect(m_decode, &QToolButton::toggled, this, &BodyView::render);
    connect(&m_decoder, &models::BodyDecoder::finished, this, &BodyView::render);
    const auto key = [this](const QKeySequence& keys, int direction) {
        auto* shortcut = new QShortcut(keys, this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, [this, direction] { find(direction); });
    };
    key(QKeySequence(Qt::Key_F3), 1);
    key(QKeySequence(Qt::SHIFT | Qt::Key_F3), -1);
}

void BodyView::find(int direction)
{
    if (direction == 0)
        m_find->open();
    else
        m_find->step(direction);
}

void BodyView::setMessage(const models::MessageDetail& message)
{
    if (m_message.body == message.body && m_message.note == message.note
        && m_message.bodyBytes == message.bodyBytes && m_message.ended == message.ended
        && m_message.contentEncoding == message.contentEncoding)
        return;
    const bool grown = message.body.startsWith(m_message.body) && !m_message.body.isEmpty();
    m_message = message;
    if (!grown) {
        m_shown = firstShown;
        m_byUser = false;
    }
    if (message.contentEncoding.isEmpty())
        m_decoder.clear();
    else
        m_decoder.start(message.body, message.contentEncoding, message.ended);
    render();
}

const QByteArray& BodyView::source() const
{
    return m_decode->isChecked() && !m_decoder.decoded().isEmpty() ? m_decoder.decoded()
                                                                   : m_message.body;
}

BodyView::Form BodyView::chosen() const
{
    if (m_byUser)
        return static_cast<Form>(m_form->currentIndex());
    if (m_message.protobuf)
        return Form::Protobuf;
    if (models::looksLikeJson(source()))
        return Form::Json;
    return models::looksLikeText(source()) ? Form::Text : Form::Hex;
}

QString BodyView::infoText(bool decoded) const
{
    QStringList info;
    info << (m_message.bodyBytes == 0 && m_message.body.isEmpty()
                 ? tr("No body")
                 : models::bytes(m_message.bodyBytes));
    if (decoded)
        info.last() = tr("%1, %2 as %3")
                          .arg(models::bytes(static_cast<quint64>(m_decoder.decoded().size())),
                               info.last(),
                               m_decoder.name());
    else if (m_decoder.wanted())
        info.last() = tr("%1 as %2").arg(info.last(), m_decoder.name());
    if (m_decoder.working())
        info << tr("decoding\u2026");
    if (!m_message.contentType.isEmpty())
        info << m_message.contentType;
    if (!m_message.note.isEmpty())
        info << m_message.note;
    return info.join(QStringLiteral(" · "));
}

QString BodyView::textOf(const QByteArray& part, Form form) const
{
    if (form == Form::Hex)
        return models::hexDump(part);
    QByteArray text = form == Form::Json ? models::indentJson(part) : part;
    if (form == Form::Protobuf) {
        const auto fields = models::protobufText(part);
        if (!fields)
            return tr("These bytes are no protocol buffer.") + QStringLiteral("\n\n")
                   + models::hexDump(part);
        text = *fields;
    }
    return models::hardWrapped(
        models::visible({text.constData(), static_cast<std::size_t>(text.size())}, true));
}

void BodyView::render()
{
    const bool decoded = &source() != &m_message.body;
    const QByteArray part = source().left(m_shown);
    const Form form = chosen();
    m_form->setCurrentIndex(static_cast<int>(form));
    m_form->setVisible(!part.isEmpty());
    m_decode->setVisible(m_decoder.wanted());
    m_info->setText(infoText(decoded));
    m_info->setToolTip(m_info->text());
    m_problem->setText(
        m_decoder.problem().isEmpty() ? QString() : tr("Decoding: %1.").arg(m_decoder.problem()));
    m_problem->setVisible(!m_problem->text().isEmpty());
    m_text->setPlainText(textOf(part, form));
    const bool more = source().size() > m_shown;
    m_find->refresh(more);
    m_more->setVisible(more);
    m_more->setText(tr("Show more (%1 of %2 shown)")
                        .arg(models::bytes(static_cast<quint64>(part.size())),
                             models::bytes(static_cast<quint64>(source().size()))));
}

void BodyView::showMore()
{
    m_shown *= 2;
    render();
}

} // namespace podglass::views
