// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/guard_sheet.h"

#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace podglass::shell {

bool StealConcerns::any() const
{
    return everything || noTaker || noPort || preview.probes > 0 || !others.isEmpty();
}

GuardSheet::GuardSheet(QWidget* parent)
    : QFrame(parent)
    , m_title(new QLabel(this))
    , m_text(new QLabel(this))
{
    setObjectName(QStringLiteral("guardSheet"));
    setProperty("surface", QStringLiteral("warning"));
    setAccessibleName(tr("Before stealing"));
    m_title->setProperty("tone", QStringLiteral("heading"));
    for (QLabel* label : {m_title, m_text}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
    }
    m_noProbes = addButton(QStringLiteral("guardNoProbes"),
                           tr("Add “not a health probe” and steal"),
                           &GuardSheet::withoutProbesRequested);
    m_filter = addButton(
        QStringLiteral("guardFilter"), tr("Choose requests…"), &GuardSheet::filterRequested);
    m_port =
        addButton(QStringLiteral("guardPort"), tr("Choose the port…"), &GuardSheet::portRequested);
    m_taker = addButton(
        QStringLiteral("guardTaker"), tr("Set the address…"), &GuardSheet::takerRequested);
    m_anyway =
        addButton(QStringLiteral("guardAnyway"), tr("Steal anyway"), &GuardSheet::anywayRequested);
    m_stay = addButton(QStringLiteral("guardStay"), tr("Stay in Mirror"), &GuardSheet::closed);
    m_stay->setToolTip(tr("Esc"));
    m_anyway->setProperty("kind", QStringLiteral("danger"));
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(theme::gap);
    buttons->addWidget(m_noProbes);
    buttons->addWidget(m_filter);
    buttons->addWidget(m_port);
    buttons->addWidget(m_taker);
    buttons->addStretch();
    buttons->addWidget(m_anyway);
    buttons->addWidget(m_stay);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::gapLarge, theme::gap, theme::gapLarge, theme::gap);
    layout->setSpacing(theme::gap);
    layout->addWidget(m_title);
    layout->addWidget(m_text);
    layout->addLayout(buttons);
    hide();
}

QPushButton*
GuardSheet::addButton(const QString& name, const QString& text, void (GuardSheet::*signal)())
{
    auto* button = new QPushButton(text, this);
    button->setObjectName(name);
    connect(button, &QPushButton::clicked, this, signal);
    return button;
}

void GuardSheet::open(const StealConcerns& concerns)
{
    update(concerns);
    show();
    for (QPushButton* button : {m_noProbes, m_port, m_taker, m_filter, m_stay})
        if (!button->isHidden()) {
            button->setFocus();
            return;
        }
}

void GuardSheet::update(const StealConcerns& concerns)
{
    const StealPreview& preview = concerns.preview;
    m_title->setText(tr("Before stealing from %1").arg(concerns.target));
    QStringList lines;
    if (concerns.everything)
        lines << tr("The steal filter has no rule: every request would be taken.");
    if (preview.sampled > 0)
        lines << tr("%1 of the last %2 requests match.").arg(preview.matching).arg(preview.sampled);
    if (preview.probes > 0)
        lines << tr("%n of them are health probes. If your service does not answer them, the "
                    "platform restarts the container.",
                    nullptr,
                    preview.probes);
    if (concerns.noPort)
        lines << tr("Several ports are watched; requests are stolen from one of them.");
    if (concerns.noTaker)
        lines << tr("No address is set that answers stolen requests.");
    if (!concerns.others.isEmpty())
        lines << tr("Also here: %1.").arg(concerns.others.join(QStringLiteral(", ")));
    m_text->setText(lines.join(QLatin1Char('\n')));
    const bool ready = !concerns.noTaker && !concerns.noPort;
    m_noProbes->setVisible(preview.probes > 0 && ready);
    m_port->setVisible(concerns.noPort);
    m_filter->setVisible(concerns.everything);
    m_taker->setVisible(concerns.noTaker);
    m_anyway->setVisible(ready); // else nobody would answer
}

void GuardSheet::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        emit closed();
    else
        QFrame::keyPressEvent(event);
}

} // namespace podglass::shell
