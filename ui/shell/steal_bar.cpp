// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/steal_bar.h"

#include "ui/theme/icon_label.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QFileInfo>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace podglass::shell {

StealBar::StealBar(QWidget* parent)
    : QWidget(parent)
    , m_banner(new QFrame(this))
    , m_stealing(new QLabel(this))
    , m_summary(new QLabel(this))
    , m_strip(new QFrame(this))
    , m_words(new QLabel(this))
    , m_count(new QLabel(this))
    , m_portLabel(new QLabel(tr("&Port"), this))
    , m_port(new QComboBox(this))
    , m_takerLabel(new QLabel(tr("&Answer at"), this))
    , m_taker(new QLineEdit(this))
    , m_takerWords(new QLabel(this))
    , m_heldButton(new QPushButton(this))
    , m_old(new QPushButton(this))
    , m_tls(new QPushButton(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeBanner());
    layout->addWidget(makeStrip());
    setStealingFrom({}, {});
    showChoice();
    setHeld(0);
    setOld(0);
    setTls(false);
}

QWidget* StealBar::makeBanner()
{
    m_banner->setProperty("surface", QStringLiteral("steal"));
    m_banner->setObjectName(QStringLiteral("stealBanner"));
    m_stealing->setProperty("tone", QStringLiteral("steal"));
    m_stealing->setTextFormat(Qt::PlainText);
    m_summary->setTextFormat(Qt::PlainText);
    m_summary->setProperty("tone", QStringLiteral("muted"));
    m_summary->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto* icon = new theme::IconLabel(m_banner);
    icon->setIcon(theme::icon(QStringLiteral("steal"), theme::Role::Steal), 18);
    auto* stop = new QPushButton(tr("Stop stealing"), m_banner);
    stop->setObjectName(QStringLiteral("stopStealing"));
    stop->setProperty("kind", QStringLiteral("steal"));
    stop->setToolTip(tr("Back to Mirror at once (Shift+F9)"));
    connect(stop, &QPushButton::clicked, this, &StealBar::stopRequested);
    m_heldButton->setObjectName(QStringLiteral("showHeld"));
    m_heldButton->setIcon(theme::icon(QStringLiteral("freeze")));
    connect(m_heldButton, &QPushButton::clicked, this, &StealBar::heldRequested);
    m_old->setObjectName(QStringLiteral("endOld"));
    m_old->setToolTip(tr("Ends the connections that were open before stealing began, so that their "
                         "clients come back through this agent"));
    connect(m_old, &QPushButton::clicked, this, &StealBar::endOldRequested);
    auto* row = new QHBoxLayout(m_banner);
    row->setContentsMargins(
        theme::gap + theme::gapSmall, theme::gapSmall, theme::gap, theme::gapSmall);
    row->setSpacing(theme::gap);
    row->addWidget(icon);
    row->addWidget(m_stealing);
    row->addWidget(m_summary, 1);
    row->addWidget(m_old);
    row->addWidget(m_heldButton);
    row->addWidget(stop);
    return m_banner;
}

QWidget* StealBar::makeStrip()
{
    m_strip->setProperty("surface", QStringLiteral("panel"));
    auto* name = new QLabel(tr("Steal filter"), m_strip);
    name->setProperty("tone", QStringLiteral("strong"));
    m_words->setTextFormat(Qt::PlainText);
    m_words->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_words->setObjectName(QStringLiteral("stealWords"));
    m_count->setProperty("tone", QStringLiteral("muted"));
    m_count->setObjectName(QStringLiteral("stealCount"));
    auto* edit = new QPushButton(theme::icon(QStringLiteral("edit")), tr("Edit…"), m_strip);
    edit->setObjectName(QStringLiteral("editStealFilter"));
    edit->setToolTip(tr("Edit the steal filter (Ctrl+Shift+F)"));
    connect(edit, &QPushButton::clicked, this, &StealBar::editRequested);
    m_portLabel->setBuddy(m_port);
    m_port->setObjectName(QStringLiteral("stealPort"));
    m_port->setAccessibleName(tr("Port to steal from"));
    m_port->setPlaceholderText(tr("Choose"));
    m_port->setToolTip(tr("The port that requests are stolen from; the others stay mirrored"));
    m_port->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    connect(m_port, &QComboBox::activated, this, [this](int index) {
        emit portChosen(static_cast<quint16>(m_port->itemData(index).toUInt()));
    });
    m_takerLabel->setBuddy(m_taker);
    m_takerWords->setTextFormat(Qt::PlainText);
    m_takerWords->setObjectName(QStringLiteral("takerWords"));
    auto* handler = new QPushButton(tr("&Handler…"), m_strip);
    handler->setObjectName(QStringLiteral("editTaker"));
    handler->setToolTip(tr("Who answers stolen requests: a program, a fixed answer, or you"));
    connect(handler, &QPushButton::clicked, this, &StealBar::editTaker);
    auto* rules = new QPushButton(tr("R&ules…"), m_strip);
    rules->setObjectName(QStringLiteral("showRules"));
    rules->setToolTip(tr("The packet rules in force at the target (Ctrl+Shift+R)"));
    connect(rules, &QPushButton::clicked, this, &StealBar::rulesRequested);
    m_tls->setObjectName(QStringLiteral("editTls"));
    m_tls->setToolTip(tr("Certificate and key of the service, so that TLS ends at the agent"));
    connect(m_tls, &QPushButton::clicked, this, &StealBar::tlsRequested);
    m_taker->setObjectName(QStringLiteral("takerAddress"));
    m_taker->setAccessibleName(tr("Address that answers stolen requests"));
    m_taker->setPlaceholderText(QStringLiteral("127.0.0.1:8080"));
    m_taker->setToolTip(tr("Your own service, reachable from this machine: HOST:PORT"));
    m_taker->setMaximumWidth(170);
    connect(m_taker, &QLineEdit::textChanged, this, &StealBar::checkTaker);
    connect(m_taker, &QLineEdit::editingFinished, this, [this] {
        readField();
        emit takerChanged();
    });
    auto* row = new QHBoxLayout(m_strip);
    row->setContentsMargins(
        theme::gap + theme::gapSmall, theme::gapSmall, theme::gap, theme::gapSmall);
    row->setSpacing(theme::gap);
    row->addWidget(name);
    row->addWidget(m_words, 1);
    row->addWidget(m_count);
    row->addWidget(edit);
    row->addSpacing(theme::gap);
    row->addWidget(m_portLabel);
    row->addWidget(m_port);
    row->addWidget(m_takerLabel);
    row->addWidget(m_taker);
    row->addWidget(m_takerWords);
    row->addWidget(handler);
    row->addWidget(m_tls);
    row->addWidget(rules);
    return m_strip;
}

void StealBar::setStealingFrom(const QString& target, const QString& filterWords)
{
    m_banner->setVisible(!target.isEmpty());
    if (target.isEmpty())
        return;
    m_stealing->setText(tr("STEALING from %1 — Shift+F9 to stop").arg(target));
    m_summary->setText(filterWords);
    m_summary->setToolTip(filterWords);
    m_stealing->setToolTip(filterWords);
    m_stealing->setAccessibleName(m_stealing->text());
}

void StealBar::setOld(quint32 count)
{
    m_old->setText(tr("End %n old…", nullptr, static_cast<int>(count)));
    m_old->setVisible(count != 0);
}

void StealBar::setTls(bool chosen)
{
    m_tls->setText(chosen ? tr("T&LS: ended…") : tr("T&LS…"));
}

void StealBar::setFilter(const QString& words, bool everything, bool applied)
{
    m_words->setText(applied ? words : tr("%1 (not applied yet)").arg(words));
    m_words->setToolTip(words);
    theme::restyle(
        m_words, "tone", everything ? QStringLiteral("warning") : QStringLiteral("plain"));
}

void StealBar::setPreview(const StealPreview& preview)
{
    m_count->setText(tr("%1/%2").arg(preview.matching).arg(preview.sampled));
    m_count->setToolTip(tr("%1 of the last %2 requests match the steal filter")
                            .arg(preview.matching)
                            .arg(preview.sampled));
    m_count->setAccessibleName(m_count->toolTip());
}

void StealBar::setPorts(const QVector<quint16>& ports, quint16 chosen)
{
    const QVariant wanted = QVariant::fromValue(ports);
    if (m_port->property("ports") != wanted) {
        m_port->setProperty("ports", wanted);
        m_port->clear();
        for (const quint16 port : ports)
            m_port->addItem(QStringLiteral(":%1").arg(port), static_cast<uint>(port));
    }
    m_port->setCurrentIndex(m_port->findData(static_cast<uint>(chosen)));
    m_portLabel->setVisible(ports.size() > 1);
    m_port->setVisible(ports.size() > 1);
}

void StealBar::focusPort()
{
    m_port->setFocus();
    m_port->showPopup();
}

void StealBar::setStripVisible(bool visible)
{
    m_strip->setVisible(visible);
}

std::optional<session::Taker> StealBar::taker() const
{
    session::Taker taker = m_choice.taker;
    if (taker.kind != session::Taker::Kind::Address)
        return taker;
    const auto address = readAddress(m_taker->text());
    if (!address)
        return std::nullopt;
    taker.host = address->first;
    taker.port = address->second;
    return taker;
}

void StealBar::readField()
{
    if (const auto address = readAddress(m_taker->text())) {
        m_choice.taker.host = address->first;
        m_choice.taker.port = address->second;
    }
}

void StealBar::setChoice(const TakerChoice& choice)
{
    m_choice = choice;
    if (choice.taker.port != 0)
        m_taker->setText(addressText(choice.taker));
    showChoice();
}

void StealBar::editTaker()
{
    readField();
    TakerDialog dialog(m_choice, window());
    if (dialog.exec() != QDialog::Accepted)
        return;
    setChoice(dialog.choice());
    emit takerChanged();
}

// The field for an address where it is one; else in words.
void StealBar::showChoice()
{
    const session::Taker& taker = m_choice.taker;
    using Kind = session::Taker::Kind;
    const bool address = taker.kind == Kind::Address;
    m_taker->setVisible(address);
    m_takerWords->setVisible(!address);
    m_takerLabel->setText(address ? tr("&Answer at") : tr("Answer"));
    QString words;
    if (taker.kind == Kind::Fixed) {
        const QString body = !taker.bodyFile.empty()
                                 ? QFileInfo(QString::fromStdString(taker.bodyFile)).fileName()
                                 : tr("%n byte(s)", nullptr, static_cast<int>(taker.body.size()));
        words = tr("fixed: %1, %2").arg(taker.status).arg(body);
    } else if (taker.kind == Kind::Held) {
        words = tr("held for you");
    }
    m_takerWords->setText(words);
    m_takerWords->setToolTip(words);
}

void StealBar::setHeld(int count)
{
    m_heldButton->setVisible(count > 0);
    m_heldButton->setText(tr("%n held", nullptr, count));
    m_heldButton->setToolTip(tr("Edit and release what waits (F10)"));
}

void StealBar::focusTaker()
{
    if (!m_taker->isVisible()) {
        editTaker();
        return;
    }
    m_taker->setFocus();
    m_taker->selectAll();
}

void StealBar::checkTaker()
{
    const bool wrong = !m_taker->text().isEmpty() && !readAddress(m_taker->text());
    theme::restyle(m_taker, "fieldState", wrong ? QStringLiteral("invalid") : QString());
}

} // namespace podglass::shell
