// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/step_line.h"

#include "ui/theme/icon_label.h"
#include "ui/theme/theme.h"

#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QToolButton>

namespace podglass::connect {

namespace {

struct Look
{
    QString icon;
    theme::Role role;
    QString word;
};

Look lookOf(session::StepState state)
{
    switch (state) {
    case session::StepState::Done:
        return {"check", theme::Role::Success, StepLine::tr("done")};
    case session::StepState::Warning:
        return {"warning", theme::Role::Warning, StepLine::tr("warning")};
    case session::StepState::Failed:
        return {"cross", theme::Role::Failure, StepLine::tr("failed")};
    case session::StepState::Running:
        break;
    }
    return {"ring", theme::Role::Muted, StepLine::tr("under way")};
}

} // namespace

StepLine::StepLine(QWidget* parent)
    : QWidget(parent)
    , m_icon(new theme::IconLabel(this))
    , m_text(new QLabel(this))
    , m_time(new QLabel(this))
    , m_detail(new QLabel(this))
    , m_more(new QToolButton(this))
{
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 2, 0, 2);
    grid->setHorizontalSpacing(theme::gap);
    grid->setVerticalSpacing(2);
    for (auto* label : {m_text, m_detail}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    }
    m_detail->setFont(theme::monospace());
    m_detail->setProperty("tone", "muted");
    m_detail->hide();
    m_time->setProperty("tone", "muted");
    // Steps without a time keep their details under those of the others.
    m_time->setMinimumWidth(m_time->fontMetrics().horizontalAdvance(tr("%1 ms").arg("00,000")));
    m_time->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_more->setText(tr("Details"));
    m_more->setAutoRaise(true);
    m_more->setCheckable(true);
    m_more->setObjectName(QStringLiteral("stepDetails"));
    QObject::connect(m_more, &QToolButton::toggled, m_detail, &QWidget::setVisible);
    grid->addWidget(m_icon, 0, 0);
    grid->addWidget(m_text, 0, 1);
    grid->addWidget(m_more, 0, 2);
    grid->addWidget(m_time, 0, 3, Qt::AlignRight);
    grid->addWidget(m_detail, 1, 1, 1, 3);
    grid->setColumnStretch(1, 1);
}

void StepLine::show(const session::Step& step)
{
    const auto look = lookOf(step.state);
    m_state = look.word;
    m_icon->setIcon(theme::icon(look.icon, look.role), 16);
    m_icon->setAccessibleName(look.word);
    m_text->setText(QString::fromStdString(step.text));
    m_text->setAccessibleName(tr("%1: %2", "state of a step, step").arg(look.word, m_text->text()));
    const bool timed = step.milliseconds > 0 && step.state != session::StepState::Running;
    m_time->setText(timed ? tr("%1 ms").arg(QLocale().toString(qint64(step.milliseconds)))
                          : QString());
    m_detail->setText(QString::fromStdString(step.detail).trimmed());
    m_more->setVisible(!step.detail.empty());
    m_more->setAccessibleName(tr("Details of: %1").arg(m_text->text()));
    if (step.state == session::StepState::Failed && !step.detail.empty()) {
        m_more->setChecked(true);
    }
}

QString StepLine::text() const
{
    QString text = QStringLiteral("%1: %2").arg(m_state, m_text->text());
    if (!m_detail->text().isEmpty()) {
        text += u'\n' + m_detail->text();
    }
    return text;
}

} // namespace podglass::connect
