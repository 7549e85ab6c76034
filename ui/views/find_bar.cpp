// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/find_bar.h"

#include "ui/models/format.h"
#include "ui/theme/colors.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTextBlock>
#include <QToolButton>

namespace podglass::views {

namespace {

constexpr qsizetype mostMatches = 10'000;

QToolButton* button(QWidget* parent, const char* icon, const QString& name)
{
    auto* made = new QToolButton(parent);
    made->setIcon(theme::icon(QLatin1String(icon)));
    made->setToolTip(name);
    made->setAccessibleName(name);
    made->setAutoRaise(true);
    return made;
}

} // namespace

FindBar::FindBar(QPlainTextEdit* text, QWidget* parent)
    : QWidget(parent)
    , m_text(text)
    , m_edit(new QLineEdit(this))
    , m_count(new QLabel(this))
{
    setObjectName(QStringLiteral("findBar"));
    m_edit->setObjectName(QStringLiteral("findText"));
    m_edit->setAccessibleName(tr("Find in the body"));
    m_edit->setPlaceholderText(tr("Find"));
    m_edit->setClearButtonEnabled(true);
    m_count->setObjectName(QStringLiteral("findCount"));
    m_count->setProperty("tone", QStringLiteral("muted"));
    auto* next = button(this, "down", tr("Next match (F3)"));
    auto* close = button(this, "cross", tr("Close (Esc)"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(theme::gap, theme::gapSmall, theme::gap, theme::gapSmall);
    layout->addWidget(m_edit, 1);
    layout->addWidget(m_count);
    layout->addWidget(next);
    layout->addWidget(close);
    hide();
    connect(m_edit, &QLineEdit::textChanged, this, &FindBar::search);
    connect(m_edit, &QLineEdit::returnPressed, this, [this] { step(1); });
    connect(next, &QToolButton::clicked, this, [this] { step(1); });
    connect(close, &QToolButton::clicked, this, &FindBar::close);
}

void FindBar::open()
{
    const QString selected = m_text->textCursor().selectedText();
    show();
    if (!selected.isEmpty() && !selected.contains(QChar::ParagraphSeparator))
        m_edit->setText(selected);
    m_edit->setFocus();
    m_edit->selectAll();
    search();
}

void FindBar::close()
{
    hide();
    m_text->setExtraSelections({});
    m_text->setFocus();
}

void FindBar::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        close();
    else
        QWidget::keyPressEvent(event);
}

void FindBar::refresh(bool part)
{
    m_part = part;
    if (isVisible())
        search();
}

void FindBar::search()
{
    m_matches.clear();
    m_more = false;
    const QString wanted = m_edit->text();
    const QString all = wanted.isEmpty() ? QString() : m_text->toPlainText();
    for (qsizetype at = 0; !wanted.isEmpty();) {
        at = all.indexOf(wanted, at, Qt::CaseInsensitive);
        if (at < 0)
            break;
        if (m_matches.size() == mostMatches) {
            m_more = true;
            break;
        }
        m_matches << static_cast<int>(at);
        at += wanted.size();
    }
    m_current = m_matches.isEmpty() ? -1 : 0;
    mark();
}

void FindBar::step(int direction)
{
    if (!isVisible()) {
        open();
        return;
    }
    if (m_matches.isEmpty())
        return;
    m_current = (m_current + direction + m_matches.size()) % m_matches.size();
    mark();
}

void FindBar::mark()
{
    QList<QTextEdit::ExtraSelection> marks;
    const auto length = static_cast<int>(m_edit->text().size());
    for (qsizetype i = 0; i < m_matches.size(); ++i) {
        QTextEdit::ExtraSelection mark;
        mark.cursor = QTextCursor(m_text->document());
        mark.cursor.setPosition(m_matches[i]);
        mark.cursor.setPosition(m_matches[i] + length, QTextCursor::KeepAnchor);
        mark.format.setBackground(theme::color(
            palette(), i == m_current ? theme::Role::AccentFill : theme::Role::WarningFill));
        if (i == m_current)
            mark.format.setForeground(theme::color(palette(), theme::Role::AccentText));
        marks << mark;
    }
    m_text->setExtraSelections(marks);
    if (m_current >= 0) {
        QTextCursor cursor(m_text->document());
        cursor.setPosition(m_matches[m_current]);
        m_text->setTextCursor(cursor);
        m_text->ensureCursorVisible();
    }
    QString text;
    if (!m_edit->text().isEmpty())
        text = m_matches.isEmpty()
                   ? tr("no match")
                   : tr("%1 of %2%3")
                         .arg(models::count(static_cast<std::uint64_t>(m_current + 1)),
                              models::count(static_cast<std::uint64_t>(m_matches.size())),
                              m_more ? QStringLiteral("+") : QString());
    if (m_part && !text.isEmpty())
        text += tr(", in the part shown");
    m_count->setText(text);
}

} // namespace podglass::views
