// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/prompt_card.h"

#include "ui/theme/icon.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace podglass::connect {

PromptCard::PromptCard(QWidget* parent)
    : QFrame(parent)
    , m_title(new QLabel(this))
    , m_text(new QLabel(this))
    , m_field(new QLineEdit(this))
    , m_ok(new QPushButton(tr("Continue"), this))
    , m_once(new QPushButton(tr("Trust once"), this))
    , m_save(new QPushButton(tr("Trust and save"), this))
    , m_cancel(new QPushButton(tr("Cancel"), this))
{
    setObjectName(QStringLiteral("promptCard"));
    setProperty("surface", "card");
    m_title->setProperty("tone", "heading");
    for (auto* label : {m_title, m_text}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    }
    m_field->setObjectName(QStringLiteral("promptField"));
    m_ok->setObjectName(QStringLiteral("promptContinue"));
    m_once->setObjectName(QStringLiteral("promptTrustOnce"));
    m_save->setObjectName(QStringLiteral("promptTrustAndSave"));
    m_cancel->setObjectName(QStringLiteral("promptCancel"));
    m_ok->setProperty("kind", "primary");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::gapLarge, theme::gapLarge, theme::gapLarge, theme::gapLarge);
    column->setSpacing(theme::gap);
    column->addWidget(m_title);
    column->addWidget(m_text);
    column->addWidget(m_field);
    auto* row = new QHBoxLayout;
    row->addStretch(1);
    for (auto* button : {m_once, m_save, m_ok, m_cancel}) {
        button->setAutoDefault(true);
        row->addWidget(button);
    }
    column->addLayout(row);
    QObject::connect(m_ok, &QPushButton::clicked, this, [this] { answer(true, m_field->text()); });
    QObject::connect(m_field, &QLineEdit::returnPressed, m_ok, &QPushButton::click);
    QObject::connect(m_once, &QPushButton::clicked, this, [this] { answer(true, "once"); });
    QObject::connect(m_save, &QPushButton::clicked, this, [this] { answer(true, "save"); });
    QObject::connect(m_cancel, &QPushButton::clicked, this, [this] { answer(false, {}); });
    hide();
}

void PromptCard::show(const session::Prompt& prompt)
{
    const bool permission = prompt.kind == session::PromptKind::Permission;
    const bool hostKey = prompt.kind == session::PromptKind::HostKey || permission;
    const bool secret = prompt.kind == session::PromptKind::Password
                        || prompt.kind == session::PromptKind::Passphrase;
    m_id = prompt.id;
    m_title->setText(QString::fromStdString(prompt.title));
    m_text->setText(QString::fromStdString(prompt.text));
    m_text->setFont(hostKey ? theme::monospace() : font());
    m_text->setVisible(!prompt.text.empty());
    setAccessibleName(m_title->text());
    m_field->clear();
    m_field->setEchoMode(secret ? QLineEdit::Password : QLineEdit::Normal);
    m_field->setAccessibleName(m_title->text());
    for (auto* widget : {static_cast<QWidget*>(m_field), static_cast<QWidget*>(m_ok)}) {
        widget->setVisible(!hostKey);
    }
    m_once->setVisible(hostKey);
    m_save->setVisible(hostKey);
    m_once->setText(permission ? tr("Allow once") : tr("Trust once"));
    m_save->setText(permission ? tr("Always allow") : tr("Trust and save"));
    QWidget::show();
    // A new host key or program is a moment to look: what is pressed without looking must be
    // harmless.
    hostKey ? m_cancel->setFocus() : m_field->setFocus();
}

void PromptCard::dismiss()
{
    m_id = 0;
    m_field->clear();
    hide();
}

void PromptCard::answer(bool given, const QString& text)
{
    const auto id = m_id;
    const QString kept = text;
    dismiss();
    emit answered(id, given, kept);
}

} // namespace podglass::connect
