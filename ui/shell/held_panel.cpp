// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/held_panel.h"

#include "ui/shell/taker_dialog.h"
#include "ui/theme/colors.h"
#include "ui/theme/icon.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

#include <algorithm>

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

namespace podglass::shell {

namespace {

constexpr int eachSecond = 1'000;
constexpr qint64 soon = 30; // seconds; then the time is shown as a warning

QPlainTextEdit* editor(const QString& name, const QString& words, QWidget* parent)
{
    auto* edit = new QPlainTextEdit(parent);
    edit->setObjectName(name);
    edit->setAccessibleName(words);
    edit->setFont(theme::monospace());
    edit->setTabChangesFocus(true);
    edit->setLineWrapMode(QPlainTextEdit::NoWrap);
    return edit;
}

bool isText(const QByteArray& bytes)
{
    return !bytes.contains('\0') && QString::fromUtf8(bytes).toUtf8() == bytes;
}

QString firstLine(const session::Held& held)
{
    const std::string& head = held.head;
    return QString::fromLatin1(
        head.data(), static_cast<qsizetype>(std::min(head.find_first_of("\r\n"), head.size())));
}

} // namespace

HeldPanel::HeldPanel(QWidget* parent)
    : QWidget(parent)
    , m_list(new QListWidget(this))
    , m_pages(new QTabWidget(this))
    , m_head(editor(QStringLiteral("heldHead"), tr("Head of the request"), this))
    , m_body(editor(QStringLiteral("heldBody"), tr("Body of the request"), this))
    , m_status(new QSpinBox(this))
    , m_answerHeaders(
          editor(QStringLiteral("heldAnswerHeaders"), tr("Headers of the answer"), this))
    , m_answerBody(editor(QStringLiteral("heldAnswerBody"), tr("Body of the answer"), this))
    , m_send(new QPushButton(this))
    , m_answer(new QPushButton(tr("&Answer the caller"), this))
    , m_letGo(new QPushButton(tr("&Let it go to its service"), this))
    , m_words(new QLabel(this))
{
    m_list->setObjectName(QStringLiteral("heldList"));
    m_list->setAccessibleName(tr("Held requests"));
    m_send->setObjectName(QStringLiteral("heldSend"));
    m_send->setProperty("kind", QStringLiteral("primary"));
    m_answer->setObjectName(QStringLiteral("heldAnswer"));
    m_letGo->setObjectName(QStringLiteral("heldLetGo"));
    m_letGo->setToolTip(tr("As it was, without the changes made here"));
    m_words->setTextFormat(Qt::PlainText);
    m_words->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_pages->addTab(makeRequestPage(), tr("Request"));
    m_pages->addTab(makeAnswerPage(), tr("Answer"));
    m_pages->setDocumentMode(true);

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(theme::gap);
    buttons->addWidget(m_words, 1);
    buttons->addWidget(m_letGo);
    buttons->addWidget(m_answer);
    buttons->addWidget(m_send);
    auto* right = new QWidget(this);
    auto* column = new QVBoxLayout(right);
    column->setContentsMargins(theme::gap, 0, theme::gap, theme::gap);
    column->setSpacing(theme::gap);
    column->addWidget(m_pages, 1);
    column->addLayout(buttons);
    auto* split = new QSplitter(this);
    split->addWidget(m_list);
    split->addWidget(right);
    split->setStretchFactor(1, 1);
    split->setSizes({320, 800});
    split->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(split);

    connect(m_list, &QListWidget::currentItemChanged, this, &HeldPanel::choose);
    connect(m_send, &QPushButton::clicked, this, [this] { send(session::Release::To::Address); });
    connect(m_answer, &QPushButton::clicked, this, [this] { send(session::Release::To::Answer); });
    connect(m_letGo, &QPushButton::clicked, this, [this] { send(session::Release::To::Original); });
    connect(m_pages, &QTabWidget::currentChanged, this, &HeldPanel::refresh);
    m_timer.setInterval(eachSecond);
    connect(&m_timer, &QTimer::timeout, this, &HeldPanel::tick);
    setAddress({});
}

QWidget* HeldPanel::makeRequestPage()
{
    auto* split = new QSplitter(Qt::Horizontal, this);
    split->addWidget(m_head);
    split->addWidget(m_body);
    split->setChildrenCollapsible(false);
    return split;
}

QWidget* HeldPanel::makeAnswerPage()
{
    m_status->setRange(200, 599);
    m_status->setValue(200);
    m_status->setMaximumWidth(100);
    m_status->setButtonSymbols(QAbstractSpinBox::NoButtons); // a number to type
    m_status->setObjectName(QStringLiteral("heldStatus"));
    m_answerHeaders->setPlaceholderText(QStringLiteral("Content-Type: application/json"));
    m_answerBody->setPlaceholderText(tr("no body"));
    auto* page = new QWidget(this);
    auto* heads = new QWidget(page);
    auto* rows = new QFormLayout(heads);
    rows->setContentsMargins(0, theme::gapSmall, 0, 0);
    rows->addRow(tr("&Status"), m_status);
    rows->addRow(m_answerHeaders);
    auto* split = new QSplitter(Qt::Horizontal, page);
    split->addWidget(heads);
    split->addWidget(m_answerBody);
    split->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(split);
    return page;
}

void HeldPanel::add(const session::Held& held)
{
    Entry& entry = m_held[held.id];
    entry.held = held;
    entry.since.start();
    entry.head = QString::fromLatin1(held.head.data(), static_cast<qsizetype>(held.head.size()));
    entry.head.remove(QLatin1Char('\r'));
    const QByteArray body(held.body.data(), static_cast<qsizetype>(held.body.size()));
    entry.textual = isText(body);
    entry.body = entry.textual
                     ? QString::fromUtf8(body)
                     : tr("%1 bytes that are no text; they are sent as they came").arg(body.size());
    entry.item = new QListWidgetItem(m_list);
    entry.item->setData(Qt::UserRole, QVariant::fromValue<quint64>(held.id));
    if (m_list->currentItem() == nullptr)
        m_list->setCurrentItem(entry.item);
    m_timer.start();
    tick();
    emit countChanged(count());
}

void HeldPanel::remove(const session::HeldOver& over)
{
    const auto found = m_held.find(over.id);
    if (found == m_held.end())
        return;
    const QString line = firstLine(found->second.held);
    if (m_shown == over.id)
        m_shown = 0;
    const QListWidgetItem* item = std::exchange(found->second.item, nullptr);
    m_held.erase(found);
    delete item;
    if (over.why != "released")
        say(tr("%1: %2").arg(line, QString::fromStdString(over.why)));
    if (m_held.empty())
        m_timer.stop();
    refresh();
    emit countChanged(count());
}

void HeldPanel::refuse(const session::HeldRefused& refused)
{
    say(QString::fromStdString(refused.why));
    refresh();
}

void HeldPanel::clear()
{
    m_shown = 0;
    m_held.clear();
    m_list->clear();
    refresh();
    emit countChanged(0);
}

void HeldPanel::setAddress(const session::Taker& taker)
{
    m_address = taker;
    refresh();
}

HeldPanel::Entry* HeldPanel::current()
{
    const auto found = m_held.find(m_shown);
    return found == m_held.end() ? nullptr : &found->second;
}

void HeldPanel::keepEdits()
{
    if (Entry* entry = current()) {
        entry->head = m_head->toPlainText();
        if (entry->textual)
            entry->body = m_body->toPlainText();
    }
}

void HeldPanel::choose()
{
    keepEdits();
    const QListWidgetItem* item = m_list->currentItem();
    m_shown = item == nullptr ? 0 : item->data(Qt::UserRole).toULongLong();
    if (const Entry* entry = current()) {
        m_head->setPlainText(entry->head);
        m_body->setPlainText(entry->body);
        m_body->setReadOnly(!entry->textual);
        say({});
    }
    refresh();
}

void HeldPanel::tick()
{
    for (auto& [id, entry] : m_held) {
        const qint64 left =
            std::max<qint64>(0, entry.held.patience.count() - entry.since.elapsed() / eachSecond);
        const QString time =
            QStringLiteral("%1:%2").arg(left / 60).arg(left % 60, 2, 10, QLatin1Char('0'));
        entry.item->setText(tr("%1   %2 left\n%3, port %4")
                                .arg(firstLine(entry.held), time)
                                .arg(QString::fromStdString(entry.held.client.addressText()))
                                .arg(entry.held.port));
        if (left <= soon)
            entry.item->setForeground(theme::color(palette(), theme::Role::Warning));
    }
}

void HeldPanel::send(session::Release::To to)
{
    keepEdits();
    const Entry* entry = current();
    if (entry == nullptr)
        return;
    session::Release release;
    release.to = to;
    release.answer = m_address;
    if (to == session::Release::To::Address) {
        release.head = entry->head.toLatin1().toStdString();
        release.body = entry->textual ? entry->body.toStdString() : entry->held.body;
    } else if (to == session::Release::To::Answer) {
        release.answer = {};
        release.answer.status = static_cast<std::uint16_t>(m_status->value());
        release.answer.headers = readHeaders(m_answerHeaders->toPlainText());
        release.answer.body = m_answerBody->toPlainText().toStdString();
    }
    for (QPushButton* button : {m_send, m_answer, m_letGo})
        button->setEnabled(false); // until it is over or refused
    emit released(m_shown, release);
}

void HeldPanel::say(const QString& words)
{
    m_words->setText(words);
    m_words->setToolTip(words);
    theme::restyle(m_words, "tone", QStringLiteral("warning"));
}

void HeldPanel::refresh()
{
    const bool any = current() != nullptr;
    const QString address = addressText(m_address);
    m_send->setText(address.isEmpty() ? tr("&Send") : tr("&Send to %1").arg(address));
    m_send->setToolTip(address.isEmpty() ? tr("Set the address with “Handler…” first") : QString());
    m_send->setEnabled(any && !address.isEmpty());
    m_answer->setEnabled(any);
    m_letGo->setEnabled(any);
    const bool answering = m_pages->currentIndex() == 1;
    m_send->setVisible(!answering);
    m_answer->setVisible(answering);
    if (!any) {
        m_head->setPlainText({});
        m_body->setPlainText({});
    }
    m_head->setPlaceholderText(
        any ? QString()
            : tr("No request is held.\nWhile “Handler…” says that you answer "
                 "by hand,\neach stolen request waits here."));
    m_body->setPlaceholderText(any ? tr("no body") : QString());
    m_pages->setEnabled(any);
}

} // namespace podglass::shell
