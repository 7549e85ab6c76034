// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/empty_state.h"

#include "ui/theme/icon_label.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace podglass::views {

EmptyState::EmptyState(QWidget* parent)
    : QWidget(parent)
    , m_icon(new theme::IconLabel(this))
    , m_title(new QLabel(this))
    , m_text(new QLabel(this))
    , m_primary(new QPushButton(this))
    , m_secondary(new QPushButton(this))
{
    setProperty("surface", QStringLiteral("base"));
    setAttribute(Qt::WA_StyledBackground);
    m_title->setProperty("tone", QStringLiteral("heading"));
    m_text->setProperty("tone", QStringLiteral("muted"));
    m_primary->setProperty("kind", QStringLiteral("primary"));
    m_primary->setObjectName(QStringLiteral("emptyPrimary"));
    m_secondary->setObjectName(QStringLiteral("emptySecondary"));
    for (QLabel* label : {static_cast<QLabel*>(m_icon), m_title, m_text}) {
        label->setAlignment(Qt::AlignCenter);
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(label != m_icon);
    }
    m_text->setMaximumWidth(520);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(theme::gap);
    buttons->addStretch();
    buttons->addWidget(m_primary);
    buttons->addWidget(m_secondary);
    buttons->addStretch();
    auto* row = new QHBoxLayout;
    row->addStretch(1);
    row->addWidget(m_text, 8);
    row->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(theme::gap);
    layout->addStretch(3);
    layout->addWidget(m_icon);
    layout->addWidget(m_title);
    layout->addLayout(row);
    layout->addSpacing(theme::gap);
    layout->addLayout(buttons);
    layout->addStretch(4);
    connect(m_primary, &QPushButton::clicked, this, &EmptyState::primaryClicked);
    connect(m_secondary, &QPushButton::clicked, this, &EmptyState::secondaryClicked);
}

void EmptyState::show(const QString& icon,
                      const QString& title,
                      const QString& text,
                      const QString& primary,
                      const QString& secondary)
{
    m_icon->setIcon(theme::icon(icon, theme::Role::Muted), 40);
    m_title->setText(title);
    m_text->setText(text);
    m_primary->setText(primary);
    m_primary->setVisible(!primary.isEmpty());
    m_secondary->setText(secondary);
    m_secondary->setVisible(!secondary.isEmpty());
}

QString EmptyState::title() const
{
    return m_title->text();
}

} // namespace podglass::views
