// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filter/warning_list.h"

#include "ui/theme/icon_label.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace podglass::ui {

namespace {

constexpr std::size_t shown = 3; // the first ones are the ones to mend

bool isError(WarningKind kind)
{
    return kind == WarningKind::Problem || kind == WarningKind::Pattern;
}

theme::Role roleOf(WarningKind kind)
{
    if (isError(kind))
        return theme::Role::Failure;
    return kind == WarningKind::NoProbes ? theme::Role::Success : theme::Role::Warning;
}

QString iconOf(WarningKind kind)
{
    return kind == WarningKind::NoProbes ? QStringLiteral("check") : QStringLiteral("warning");
}

bool same(const Warning& a, const Warning& b)
{
    return a.kind == b.kind && a.text == b.text && a.fix == b.fix && a.fixed == b.fixed
           && a.focus == b.focus;
}

} // namespace

WarningList::WarningList(QWidget* parent)
    : QWidget(parent)
    , m_lines(new QVBoxLayout(this))
{
    m_lines->setContentsMargins(0, 0, 0, 0);
    m_lines->setSpacing(2);
}

void WarningList::show(std::vector<Warning> warnings)
{
    if (warnings.size() > shown)
        warnings.resize(shown);
    // A button that is being reached for must not be made anew on every keystroke.
    if (std::ranges::equal(warnings, m_warnings, same))
        return;
    m_warnings = std::move(warnings);
    while (QLayoutItem* item = m_lines->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    for (const Warning& warning : m_warnings)
        m_lines->addWidget(makeLine(warning));
}

QWidget* WarningList::makeLine(const Warning& warning)
{
    auto* line = new QWidget(this);
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::gap);
    auto* icon = new theme::IconLabel(line);
    icon->setIcon(theme::icon(iconOf(warning.kind), roleOf(warning.kind)), 16);
    auto* text = new QLabel(warning.text, line);
    text->setTextFormat(Qt::PlainText);
    text->setWordWrap(true);
    row->addWidget(icon);
    row->addWidget(text, 1);
    if (warning.focus && isError(warning.kind)) {
        auto* go = new QPushButton(tr("Go to rule %1").arg(numberOf(*warning.focus)), line);
        go->setProperty("kind", QStringLiteral("link"));
        connect(go, &QPushButton::clicked, this, [this, path = *warning.focus] {
            emit focusWanted(path);
        });
        row->addWidget(go);
    }
    if (!warning.fix.isEmpty()) {
        auto* fix = new QPushButton(warning.fix, line);
        fix->setAccessibleDescription(warning.text);
        connect(fix, &QPushButton::clicked, this, [this, warning] { emit fixWanted(warning); });
        row->addWidget(fix);
    }
    return line;
}

} // namespace podglass::ui
