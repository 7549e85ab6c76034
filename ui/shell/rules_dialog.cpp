// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/rules_dialog.h"

#include "core/export/rules_text.h"
#include "core/wire/message.h"

#include "ui/shell/dialog_parts.h"

#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QTime>
#include <QVBoxLayout>

namespace podglass::shell {

RulesDialog::RulesDialog(QWidget* parent)
    : QDialog(parent)
    , m_state(mutedText({}, this))
    , m_text(new QPlainTextEdit(this))
{
    setObjectName(QStringLiteral("rulesDialog"));
    setWindowTitle(tr("Rules in force"));
    m_text->setObjectName(QStringLiteral("rulesText"));
    m_text->setAccessibleName(tr("Rules in force"));
    m_text->setReadOnly(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_text->setTabStopDistance(m_text->fontMetrics().horizontalAdvance(QLatin1Char(' ')) * 4);
    auto* buttons = dialogButtons(QDialogButtonBox::Close, this);
    QPushButton* again = buttons->addButton(tr("&Refresh"), QDialogButtonBox::ActionRole);
    again->setObjectName(QStringLiteral("rulesRefresh"));
    m_copy = buttons->addButton(tr("&Copy all"), QDialogButtonBox::ActionRole);
    m_copy->setObjectName(QStringLiteral("rulesCopy"));
    connect(again, &QPushButton::clicked, this, &RulesDialog::asked);
    connect(m_copy, &QPushButton::clicked, this, &RulesDialog::copyAll);
    auto* layout = dialogColumn(this);
    layout->setSizeConstraint(QLayout::SetNoConstraint); // answers do not change the window's size
    layout->addWidget(m_state);
    layout->addWidget(m_text, 1);
    layout->addWidget(buttons);
    resize(800, 600);
}

void RulesDialog::showFor(const QString& target)
{
    m_target = target;
    show();
    activateWindow();
    if (target.isEmpty()) {
        m_text->clear();
        setProblem(tr("Attach to a target first."));
    } else {
        m_state->setText(tr("Asking the agent…"));
        emit asked();
    }
    m_copy->setEnabled(!m_text->toPlainText().isEmpty());
    m_text->setFocus();
}

void RulesDialog::refresh()
{
    if (isVisible() && !m_target.isEmpty())
        emit asked();
}

void RulesDialog::setRules(const wire::Rules& rules)
{
    const QString text =
        QString::fromStdString(exporting::rulesText(rules, m_target.toStdString()));
    m_state->setText(tr("As the kernel had them at %1, in the syntax of nft.")
                         .arg(QTime::currentTime().toString(QStringLiteral("HH:mm:ss"))));
    if (text != m_text->toPlainText()) { // else a selection stays
        const int where = m_text->verticalScrollBar()->value();
        m_text->setPlainText(text);
        m_text->verticalScrollBar()->setValue(where);
    }
    m_copy->setEnabled(true);
}

void RulesDialog::setProblem(const QString& why)
{
    m_state->setText(why);
}

void RulesDialog::copyAll()
{
    QGuiApplication::clipboard()->setText(m_text->toPlainText());
}

} // namespace podglass::shell
