// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/start_page.h"

#include "ui/models/format.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

namespace podglass::shell {

namespace {

constexpr int pageWidth = 640;

QString safe(const std::string& text)
{
    return models::visible(text, true);
}

QString iconOf(session::StepState state)
{
    switch (state) {
    case session::StepState::Running:
        return QStringLiteral("ring");
    case session::StepState::Done:
        return QStringLiteral("check");
    case session::StepState::Warning:
        return QStringLiteral("warning");
    case session::StepState::Failed:
        return QStringLiteral("cross");
    }
    return {};
}

theme::Role roleOf(session::StepState state)
{
    switch (state) {
    case session::StepState::Running:
        return theme::Role::Accent;
    case session::StepState::Done:
        return theme::Role::Success;
    case session::StepState::Warning:
        return theme::Role::Warning;
    case session::StepState::Failed:
        return theme::Role::Failure;
    }
    return theme::Role::Muted;
}

} // namespace

StartPage::StartPage(QWidget* parent)
    : QWidget(parent)
    , m_address(new QLineEdit(this))
    , m_connect(new QPushButton(tr("Connect"), this))
    , m_error(new QLabel(this))
    , m_listTitle(new QLabel(this))
    , m_list(new QListWidget(this))
    , m_steps(new QListWidget(this))
    , m_prompt(new QFrame(this))
    , m_question(new QLabel(this))
    , m_answer(new QLineEdit(this))
    , m_yes(new QPushButton(tr("Continue"), this))
{
    auto* icon = new QLabel(this);
    icon->setPixmap(theme::applicationIcon().pixmap(56, 56));
    auto* title = new QLabel(tr("Choose a target to see its traffic"), this);
    title->setProperty("tone", QStringLiteral("title"));
    auto* hint = new QLabel(tr("A container, a network namespace or a process: on this machine, or "
                               "on a host that you reach by SSH."),
                            this);
    hint->setProperty("tone", QStringLiteral("muted"));
    hint->setWordWrap(true);
    m_address->setObjectName(QStringLiteral("address"));
    m_address->setAccessibleName(tr("Address of the target"));
    m_address->setPlaceholderText(
        tr("ssh://user@host/container/NAME   or   local/netns/NAME   or   local/self"));
    m_address->setMinimumHeight(36);
    m_connect->setObjectName(QStringLiteral("connectButton"));
    m_connect->setProperty("kind", QStringLiteral("primary"));
    m_connect->setMinimumHeight(36);
    m_error->setProperty("tone", QStringLiteral("loss"));
    m_error->setTextFormat(Qt::PlainText);
    m_error->setWordWrap(true);
    m_error->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_error->hide();
    m_listTitle->setProperty("tone", QStringLiteral("strong"));
    m_list->setObjectName(QStringLiteral("targets"));
    m_list->setAccessibleName(tr("Targets"));
    m_list->setProperty("surface", QStringLiteral("card"));
    m_steps->setObjectName(QStringLiteral("steps"));
    m_steps->setAccessibleName(tr("Steps of connecting"));
    m_steps->setProperty("surface", QStringLiteral("card"));
    m_steps->setFocusPolicy(Qt::TabFocus);
    m_steps->hide();

    auto* field = new QHBoxLayout;
    field->setSpacing(theme::gap);
    field->addWidget(m_address, 1);
    field->addWidget(m_connect);
    auto* column = new QVBoxLayout;
    column->setSpacing(theme::gap);
    column->addWidget(icon);
    column->addWidget(title);
    column->addWidget(hint);
    column->addSpacing(theme::gap);
    column->addLayout(field);
    column->addWidget(m_error);
    column->addWidget(makePrompt());
    column->addSpacing(theme::gap);
    column->addWidget(m_listTitle);
    column->addWidget(m_list, 3);
    column->addWidget(m_steps, 2);
    column->addStretch(1);
    auto* holder = new QWidget(this);
    holder->setLayout(column);
    holder->setMaximumWidth(pageWidth);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(
        theme::gapLarge, theme::gapLarge * 2, theme::gapLarge, theme::gapLarge);
    layout->addStretch(1);
    layout->addWidget(holder, 20);
    layout->addStretch(1);
    connect(m_connect, &QPushButton::clicked, this, &StartPage::submit);
    connect(m_address, &QLineEdit::returnPressed, this, &StartPage::submit);
    connect(m_list, &QListWidget::itemActivated, this, [this](const QListWidgetItem* item) {
        const QString value = item->data(Qt::UserRole).toString();
        if (m_targets)
            emit targetChosen(value);
        else
            emit connectRequested(value);
    });
}

QWidget* StartPage::makePrompt()
{
    m_prompt->setProperty("surface", QStringLiteral("card"));
    m_question->setTextFormat(Qt::PlainText);
    m_question->setWordWrap(true);
    m_question->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_answer->setObjectName(QStringLiteral("promptAnswer"));
    m_answer->setAccessibleName(tr("Answer"));
    m_yes->setObjectName(QStringLiteral("promptContinue"));
    m_yes->setProperty("kind", QStringLiteral("primary"));
    auto* cancel = new QPushButton(tr("Cancel"), m_prompt);
    cancel->setObjectName(QStringLiteral("promptCancel"));
    auto* row = new QHBoxLayout;
    row->addWidget(m_answer, 1);
    row->addWidget(m_yes);
    row->addWidget(cancel);
    auto* layout = new QVBoxLayout(m_prompt);
    layout->addWidget(m_question);
    layout->addLayout(row);
    m_prompt->hide();
    const auto accept = [this] {
        m_prompt->hide();
        const bool hostKey = m_asked.kind == session::PromptKind::HostKey;
        emit answered(m_asked.id, hostKey ? QStringLiteral("save") : m_answer->text());
        m_answer->clear();
    };
    connect(m_yes, &QPushButton::clicked, this, accept);
    connect(m_answer, &QLineEdit::returnPressed, this, accept);
    connect(cancel, &QPushButton::clicked, this, [this] {
        m_prompt->hide();
        m_answer->clear();
        emit cancelled(m_asked.id);
    });
    return m_prompt;
}

void StartPage::submit()
{
    const QString address = m_address->text().trimmed();
    if (!address.isEmpty())
        emit connectRequested(address);
}

void StartPage::setRecent(const QStringList& addresses)
{
    m_targets = false;
    m_list->clear();
    m_listTitle->setText(tr("Recent"));
    m_listTitle->setVisible(!addresses.isEmpty());
    m_list->setVisible(!addresses.isEmpty());
    for (const QString& address : addresses) {
        auto* item = new QListWidgetItem(theme::icon(QStringLiteral("target")), address, m_list);
        item->setData(Qt::UserRole, address);
    }
    m_list->setCurrentRow(0);
}

void StartPage::setState(const session::StateChanged& state)
{
    const bool busy = state.state == session::State::Connecting;
    m_connect->setEnabled(!busy);
    if (busy) {
        m_steps->clear();
        m_error->hide();
    }
    if (state.state == session::State::Failed)
        showFailure(safe(state.error.text()));
}

void StartPage::addStep(const session::Step& step)
{
    QListWidgetItem* line = nullptr;
    for (int row = 0; row < m_steps->count() && line == nullptr; ++row)
        if (m_steps->item(row)->data(Qt::UserRole).toUInt() == step.id)
            line = m_steps->item(row);
    if (line == nullptr) {
        line = new QListWidgetItem(m_steps);
        line->setData(Qt::UserRole, step.id);
    }
    line->setIcon(theme::icon(iconOf(step.state), roleOf(step.state)));
    QString text = safe(step.text);
    if (step.state != session::StepState::Running && step.milliseconds > 0)
        text += tr("   %1 ms").arg(step.milliseconds);
    if (!step.detail.empty())
        text += QLatin1Char('\n') + safe(step.detail);
    line->setText(text);
    m_steps->show();
    m_steps->scrollToBottom();
}

void StartPage::ask(const session::Prompt& prompt)
{
    m_asked = prompt;
    const bool hostKey = prompt.kind == session::PromptKind::HostKey;
    const bool secret = prompt.kind != session::PromptKind::Question && !hostKey;
    m_question->setText(safe(prompt.title) + QLatin1Char('\n') + safe(prompt.text));
    m_answer->setVisible(!hostKey);
    m_answer->setEchoMode(secret ? QLineEdit::Password : QLineEdit::Normal);
    m_yes->setText(hostKey ? tr("Trust and save") : tr("Continue"));
    m_prompt->show();
    if (hostKey)
        m_prompt->setFocus();
    else
        m_answer->setFocus();
}

void StartPage::setTargets(const wire::TargetList& list)
{
    m_targets = true;
    m_list->clear();
    m_listTitle->setText(tr("Targets"));
    m_listTitle->show();
    m_list->show();
    for (const wire::Target& target : list.targets) {
        QStringList ports;
        for (const auto& port : target.ports)
            ports << QStringLiteral(":%1").arg(port.port);
        ports.removeDuplicates();
        QString text = tr("%1   %2").arg(safe(target.name), safe(target.kind));
        if (!ports.isEmpty())
            text += QStringLiteral("   ") + ports.join(QLatin1Char(' '));
        auto* item = new QListWidgetItem(theme::icon(QStringLiteral("target")), text, m_list);
        item->setData(Qt::UserRole, QString::fromStdString(target.spec));
        item->setToolTip(safe(target.detail).toHtmlEscaped());
    }
    m_list->setCurrentRow(0);
    m_list->setFocus();
    if (!list.note.empty())
        showFailure(safe(list.note));
}

void StartPage::showFailure(const QString& text)
{
    m_error->setText(text);
    m_error->show();
}

void StartPage::focusAddress()
{
    m_address->setFocus();
    m_address->selectAll();
}

} // namespace podglass::shell
