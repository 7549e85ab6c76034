// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/notice_bar.h"

#include "ui/theme/icon_label.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

namespace podglass::shell {

namespace {

struct Look
{
    QString surface;
    QString icon;
    theme::Role role;
};

Look lookOf(NoticeKind kind)
{
    switch (kind) {
    case NoticeKind::Info:
        return {QStringLiteral("info"), QStringLiteral("check"), theme::Role::Accent};
    case NoticeKind::Warning:
        return {QStringLiteral("warning"), QStringLiteral("warning"), theme::Role::Warning};
    case NoticeKind::Failure:
        break;
    }
    return {QStringLiteral("loss"), QStringLiteral("warning"), theme::Role::Failure};
}

} // namespace

NoticeBar::NoticeBar(QWidget* parent)
    : QFrame(parent)
    , m_icon(new theme::IconLabel(this))
    , m_title(new QLabel(this))
    , m_text(new QLabel(this))
    , m_action(new QPushButton(this))
    , m_close(new QToolButton(this))
{
    setObjectName(QStringLiteral("noticeBar"));
    m_title->setObjectName(QStringLiteral("noticeTitle"));
    m_title->setProperty("tone", QStringLiteral("strong"));
    m_text->setObjectName(QStringLiteral("noticeText"));
    for (QLabel* label : {m_title, m_text}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    m_action->setObjectName(QStringLiteral("noticeAction"));
    m_close->setObjectName(QStringLiteral("noticeClose"));
    m_close->setIcon(theme::icon(QStringLiteral("cross")));
    m_close->setFocusPolicy(Qt::StrongFocus);
    m_close->setAccessibleName(tr("Close this notice"));
    m_close->setToolTip(tr("Close; the events dock (Ctrl+6) keeps it"));
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(m_title);
    words->addWidget(m_text);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(theme::gap + theme::gapSmall, theme::gap, theme::gap, theme::gap);
    row->setSpacing(theme::gap);
    row->addWidget(m_icon, 0, Qt::AlignTop);
    row->addLayout(words, 1);
    row->addWidget(m_action, 0, Qt::AlignVCenter);
    row->addWidget(m_close, 0, Qt::AlignVCenter);
    connect(m_close, &QToolButton::clicked, this, &QWidget::hide);
    connect(m_action, &QPushButton::clicked, this, [this] {
        hide();
        if (m_act)
            m_act();
    });
    hide();
}

void NoticeBar::say(NoticeKind kind,
                    const QString& title,
                    const QString& text,
                    const QString& action,
                    std::function<void()> act)
{
    m_kind = kind;
    m_act = std::move(act);
    const Look look = lookOf(kind);
    m_icon->setIcon(theme::icon(look.icon, look.role), 16);
    m_title->setText(title);
    m_text->setText(text);
    m_text->setVisible(!text.isEmpty());
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    setAccessibleName(title + QLatin1Char(' ') + text);
    theme::restyle(this, "surface", look.surface);
    show();
}

void NoticeBar::clear(NoticeKind upTo)
{
    if (m_kind <= upTo)
        hide();
}

} // namespace podglass::shell
