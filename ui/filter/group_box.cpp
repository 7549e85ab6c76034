// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filter/group_box.h"

#include "core/filter/presets.h"

#include "ui/filter/labels.h"
#include "ui/filter/number_labels.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace podglass::ui {

GroupBox::GroupBox(TreeActions& actions, Path path, const filter::Group& group, QWidget* parent)
    : QFrame(parent)
    , m_actions(actions)
    , m_path(std::move(path))
{
    auto* whole = new QVBoxLayout(this);
    const bool root = m_path.empty();
    whole->setContentsMargins(root ? 0 : theme::gap + 4, root ? 0 : 2, 0, root ? 0 : 2);
    whole->setSpacing(0);
    buildHead(group, whole);
    m_rows = new QVBoxLayout;
    m_rows->setSpacing(0);
    m_rows->setContentsMargins(root ? 0 : theme::gapLarge, 0, 0, 0);
    whole->addLayout(m_rows);
    buildFoot(whole);
}

void GroupBox::buildHead(const filter::Group& group, QBoxLayout* whole)
{
    const bool root = m_path.empty();
    auto* head = new QHBoxLayout;
    head->setSpacing(theme::gap - 2);
    m_enabled = new QCheckBox(this);
    m_enabled->setChecked(group.enabled);
    m_enabled->setToolTip(tr("Switch this group off or on"));
    m_enabled->setAccessibleName(tr("Group %1 is on").arg(numberOf(m_path)));
    m_enabled->setVisible(!root);
    m_kind = new QComboBox(this);
    for (const auto kind : {filter::GroupKind::All, filter::GroupKind::Any, filter::GroupKind::Not})
        m_kind->addItem(groupLabel(kind), static_cast<int>(kind));
    m_kind->setCurrentIndex(static_cast<int>(group.kind));
    m_kind->setAccessibleName(root ? tr("How the rules combine")
                                   : tr("How the rules of group %1 combine").arg(numberOf(m_path)));
    m_kind->setEnabled(group.enabled || root);
    auto* title = new QLabel(root ? tr("Requests where") : QString(), this);
    title->setTextFormat(Qt::PlainText);
    title->setVisible(root);
    if (filter::isHealthProbes(group)) {
        title->setText(tr("health probes and scrapes"));
        title->setProperty("tone", QStringLiteral("muted"));
        title->setVisible(true);
    }
    m_matches = makeNumberLabel(this);
    m_effect = makeNumberLabel(this);
    if (!root)
        head->addWidget(m_enabled);
    if (root)
        head->addWidget(title);
    head->addWidget(m_kind);
    if (!root)
        head->addWidget(title);
    head->addStretch();
    head->addWidget(m_matches);
    head->addWidget(m_effect);
    auto* remove = new QToolButton(this);
    remove->setIcon(theme::icon(QStringLiteral("cross"), theme::Role::Muted));
    remove->setToolTip(tr("Remove this group with its rules (Ctrl+Delete)"));
    remove->setAccessibleName(tr("Remove group %1").arg(numberOf(m_path)));
    QSizePolicy policy = remove->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    remove->setSizePolicy(policy);
    remove->setVisible(!root);
    head->addWidget(remove);
    whole->addLayout(head);
    if (root) {
        m_matches->setText(tr("matches"));
        m_effect->setText(tr("only this"));
        m_effect->setToolTip(tr("What the row alone changes: how many requests fewer or more match "
                                "because of it"));
        for (QLabel* label : {m_matches, m_effect})
            label->setProperty("tone", QStringLiteral("muted"));
    }
    connect(m_enabled, &QCheckBox::toggled, this, &GroupBox::changed);
    connect(m_kind, &QComboBox::currentIndexChanged, this, &GroupBox::changed);
    connect(remove, &QToolButton::clicked, this, [this] { m_actions.remove(m_path); });
}

void GroupBox::buildFoot(QBoxLayout* whole)
{
    const bool root = m_path.empty();
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(root ? 0 : theme::gapLarge, 0, 0, 0);
    foot->setSpacing(theme::gapSmall);
    const auto add = [&](const QString& text, const QString& name, auto action) {
        auto* button = new QPushButton(text, this);
        button->setProperty("kind", QStringLiteral("link"));
        button->setAccessibleName(name);
        button->setAutoDefault(false);
        foot->addWidget(button);
        connect(button, &QPushButton::clicked, this, action);
    };
    const QString where = root ? tr("the filter") : tr("group %1").arg(numberOf(m_path));
    add(tr("+ rule"), tr("Add a rule to %1").arg(where), [this] { m_actions.addRule(m_path); });
    add(tr("+ group"), tr("Add a group to %1").arg(where), [this] { m_actions.addGroup(m_path); });
    if (root)
        add(tr("+ not a health probe"), tr("Leave out health probes"), [this] {
            m_actions.addProbes(m_path);
        });
    foot->addStretch();
    whole->addLayout(foot);
}

void GroupBox::changed()
{
    const bool on = m_enabled->isChecked();
    m_kind->setEnabled(on);
    m_actions.changeGroup(
        m_path, static_cast<filter::GroupKind>(m_kind->currentData().toInt()), on);
}

void GroupBox::showCount(const filter::Count* count, bool stale)
{
    if (!m_path.empty())
        showNumbers(m_matches, m_effect, count, stale);
}

void GroupBox::keyPressEvent(QKeyEvent* event)
{
    const bool control = event->modifiers() == Qt::ControlModifier;
    const bool alt = event->modifiers() == Qt::AltModifier;
    if (m_path.empty())
        QFrame::keyPressEvent(event);
    else if (control && event->key() == Qt::Key_D)
        m_actions.duplicate(m_path);
    else if (control && event->key() == Qt::Key_Delete)
        m_actions.remove(m_path);
    else if (alt && event->key() == Qt::Key_Up)
        m_actions.move(m_path, -1);
    else if (alt && event->key() == Qt::Key_Down)
        m_actions.move(m_path, 1);
    else
        event->accept(); // a key of this group is not one of the group around it
}

// A line at the left edge holds the rows of a group together.
void GroupBox::paintEvent(QPaintEvent* /*event*/)
{
    if (m_path.empty())
        return;
    QPainter painter(this);
    const bool excludes = m_kind->currentIndex() == static_cast<int>(filter::GroupKind::Not);
    const auto role = !m_enabled->isChecked() ? theme::Role::Border
                      : excludes              ? theme::Role::Failure
                                              : theme::Role::Accent;
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    painter.fillRect(mirrored ? width() - 3 : 0, 4, 3, height() - 8, theme::color(palette(), role));
}

} // namespace podglass::ui
