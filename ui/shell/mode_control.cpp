// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/mode_control.h"

#include "ui/theme/icon.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QToolButton>

namespace podglass::shell {

using wire::Mode;

ModeControl::ModeControl(QWidget* parent)
    : QWidget(parent)
    , m_group(new QButtonGroup(this))
    , m_stealTip(tr("Answer chosen requests yourself (F9)"))
{
    setObjectName(QStringLiteral("modeControl"));
    setAccessibleName(tr("Mode"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    add(Mode::Off, tr("Off"), QStringLiteral("off"), tr("Stop watching (Ctrl+E)"), "first");
    add(Mode::Mirror,
        tr("Mirror"),
        QStringLiteral("mirror"),
        tr("Watch only; nothing is touched (Ctrl+E)"),
        "middle");
    add(Mode::Steal, tr("Steal"), QStringLiteral("steal"), m_stealTip, "last");
    m_group->button(static_cast<int>(Mode::Steal))->setProperty("steal", true);
    m_group->button(0)->setChecked(true);
    connect(m_group, &QButtonGroup::idClicked, this, [this](int id) {
        // What is in force stays shown until the agent says otherwise.
        setMode(m_mode);
        emit modeRequested(static_cast<Mode>(id));
    });
}

void ModeControl::add(
    Mode mode, const QString& name, const QString& icon, const QString& tip, const char* segment)
{
    auto* button = new QToolButton(this);
    button->setText(name);
    button->setIcon(theme::icon(icon));
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setCheckable(true);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setProperty("segment", QLatin1String(segment));
    button->setObjectName(QStringLiteral("mode") + name);
    button->setAccessibleName(tr("Mode %1").arg(name));
    button->setToolTip(tip);
    m_group->addButton(button, static_cast<int>(mode));
    layout()->addWidget(button);
}

void ModeControl::setMode(Mode mode)
{
    m_mode = mode;
    m_group->button(static_cast<int>(mode))->setChecked(true);
    for (const Mode each : {Mode::Off, Mode::Mirror, Mode::Steal}) {
        static const char* const names[] = {"off", "mirror", "steal"};
        const QString name = QLatin1String(names[static_cast<int>(each)]);
        const bool on = each == mode;
        m_group->button(static_cast<int>(each))
            ->setIcon(!on                   ? theme::icon(name)
                      : each == Mode::Steal ? theme::icon(name, theme::Role::Steal)
                                            : theme::icon(name, theme::Role::AccentText));
    }
}

void ModeControl::setAvailable(bool attached, const QString& lacking)
{
    for (QAbstractButton* button : m_group->buttons())
        button->setEnabled(attached);
    QAbstractButton* steal = m_group->button(static_cast<int>(Mode::Steal));
    steal->setEnabled(attached && lacking.isEmpty());
    steal->setToolTip(lacking.isEmpty() ? m_stealTip : lacking);
}

} // namespace podglass::shell
