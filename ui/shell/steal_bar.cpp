// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/steal_bar.h"

#include "ui/theme/icon.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

#include <QComboBox>
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
    , m_taker(new QLineEdit(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeBanner());
    layout->addWidget(makeStrip());
    setStealingFrom({}, {});
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
    auto* icon = new QLabel(m_banner);
    icon->setPixmap(theme::icon(QStringLiteral("steal"), theme::Role::Steal).pixmap(18, 18));
    auto* stop = new QPushButton(tr("Stop stealing"), m_banner);
    stop->setObjectName(QStringLiteral("stopStealing"));
    stop->setProperty("kind", QStringLiteral("steal"));
    stop->setToolTip(tr("Back to Mirror at once (Shift+F9)"));
    connect(stop, &QPushButton::clicked, this, &StealBar::stopRequested);
    auto* row = new QHBoxLayout(m_banner);
    row->setContentsMargins(
        theme::gap + theme::gapSmall, theme::gapSmall, theme::gap, theme::gapSmall);
    row->setSpacing(theme::gap);
    row->addWidget(icon);
    row->addWidget(m_stealing);
    row->addWidget(m_summary, 1);
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
    auto* label = new QLabel(tr("&Answer at"), m_strip);
    label->setBuddy(m_taker);
    m_taker->setObjectName(QStringLiteral("takerAddress"));
    m_taker->setAccessibleName(tr("Address that answers stolen requests"));
    m_taker->setPlaceholderText(QStringLiteral("127.0.0.1:8080"));
    m_taker->setToolTip(tr("Your own service, reachable from this machine: HOST:PORT"));
    m_taker->setMaximumWidth(170);
    connect(m_taker, &QLineEdit::textChanged, this, &StealBar::checkTaker);
    connect(m_taker, &QLineEdit::editingFinished, this, &StealBar::takerChanged);
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
    row->addWidget(label);
    row->addWidget(m_taker);
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
    const QString text = m_taker->text().trimmed();
    const qsizetype colon = text.lastIndexOf(QLatin1Char(':'));
    bool isNumber = false;
    const uint port = text.mid(colon + 1).toUInt(&isNumber);
    if (!isNumber || port == 0 || port > 65535)
        return std::nullopt;
    session::Taker taker;
    if (colon > 0)
        taker.host =
            text.left(colon).remove(QLatin1Char('[')).remove(QLatin1Char(']')).toStdString();
    taker.port = static_cast<std::uint16_t>(port);
    return taker;
}

void StealBar::setTakerText(const QString& text)
{
    m_taker->setText(text);
}

QString StealBar::takerText() const
{
    return m_taker->text();
}

void StealBar::focusTaker()
{
    m_taker->setFocus();
    m_taker->selectAll();
}

void StealBar::checkTaker()
{
    const bool wrong = !m_taker->text().isEmpty() && !taker();
    theme::restyle(m_taker, "fieldState", wrong ? QStringLiteral("invalid") : QString());
}

} // namespace podglass::shell
