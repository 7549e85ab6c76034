// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filter/filter_bar.h"

#include "ui/theme/icon.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

#include <chrono>

#include <QAction>
#include <QCoreApplication>
#include <QGridLayout>
#include <QInputMethodEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QPushButton>
#include <QTextCharFormat>
#include <QToolButton>

namespace podglass::ui {

namespace {

constexpr std::chrono::milliseconds idleTime{150};
constexpr qsizetype recentTexts = 12;

QString before(const QString& text, std::size_t bytes)
{
    return QString::fromUtf8(text.toUtf8().left(static_cast<qsizetype>(bytes)));
}

// As QLineEdit counts.
int characters(const QString& text, std::size_t bytes)
{
    return static_cast<int>(before(text, bytes).size());
}

QString stateProperty(BarState state)
{
    switch (state) {
    case BarState::Valid:
        return QStringLiteral("valid");
    case BarState::Warning:
        return QStringLiteral("warning");
    case BarState::Invalid:
        return QStringLiteral("invalid");
    case BarState::Empty:
        break;
    }
    return {};
}

QIcon stateIcon(BarState state)
{
    switch (state) {
    case BarState::Valid:
        return theme::icon(QStringLiteral("check"), theme::Role::Success);
    case BarState::Warning:
        return theme::icon(QStringLiteral("warning"), theme::Role::Warning);
    case BarState::Invalid:
        return theme::icon(QStringLiteral("cross"), theme::Role::Failure);
    case BarState::Empty:
        break;
    }
    return theme::icon(QStringLiteral("filter"), theme::Role::Muted);
}

} // namespace

FilterBar::FilterBar(QWidget* parent)
    : QWidget(parent)
{
    build();
    m_idle.setSingleShot(true);
    m_idle.setInterval(idleTime);
    connect(&m_idle, &QTimer::timeout, this, &FilterBar::apply);
    connect(m_edit, &QLineEdit::textChanged, this, [this] {
        check();
        m_idle.start();
    });
    connect(m_edit, &QLineEdit::returnPressed, this, [this] {
        apply();
        if (m_valid)
            remember(m_edit->text().trimmed());
    });
    m_edit->installEventFilter(this);
    setFocusProxy(m_edit);
    check();
}

void FilterBar::build()
{
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(
        theme::gap + theme::gapSmall, theme::gapSmall + 2, theme::gap + theme::gapSmall, 6);
    grid->setHorizontalSpacing(theme::gap);
    grid->setVerticalSpacing(2);
    m_edit = new QLineEdit(this);
    m_edit->setPlaceholderText(
        tr("Filter, e.g.  path starts with /cart and header x-user-id is qa-7"));
    m_edit->setAccessibleName(tr("View filter"));
    m_edit->setClearButtonEnabled(true);
    m_icon = m_edit->addAction(stateIcon(BarState::Empty), QLineEdit::LeadingPosition);
    m_recentMenu = new QMenu(this);
    m_recentButton = new QToolButton(this);
    m_recentButton->setIcon(theme::icon(QStringLiteral("chevron-down"), theme::Role::Muted));
    m_recentButton->setToolTip(tr("Recent filters"));
    m_recentButton->setAccessibleName(tr("Recent filters"));
    m_recentButton->setPopupMode(QToolButton::InstantPopup);
    m_recentButton->setMenu(m_recentMenu);
    connect(m_recentMenu, &QMenu::aboutToShow, this, &FilterBar::fillRecent);
    m_scope = new QPushButton(theme::icon(QStringLiteral("cross")), {}, this);
    m_scope->setObjectName(QStringLiteral("filterScope"));
    m_scope->setProperty("kind", QStringLiteral("chip"));
    m_scope->setIconSize({12, 12});
    m_scope->setLayoutDirection(Qt::RightToLeft); // the cross after the text
    m_scope->setToolTip(tr("Show the requests of all connections again"));
    m_scope->hide();
    connect(m_scope, &QPushButton::clicked, this, &FilterBar::scopeRemoved);
    m_counts = new QLabel(this);
    m_words = new QLabel(this);
    for (QLabel* label : {m_counts, m_words}) {
        label->setTextFormat(Qt::PlainText);
        label->setProperty("tone", QStringLiteral("muted"));
    }
    m_counts->setAccessibleName(tr("Rows shown"));
    m_words->setAccessibleName(tr("The view filter in words"));
    m_words->setContentsMargins(theme::gapSmall, 0, 0, 0);
    // Long words must not widen the window.
    m_words->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_words->setVisible(false);
    grid->addWidget(m_edit, 0, 0);
    grid->addWidget(m_scope, 0, 1);
    grid->addWidget(m_recentButton, 0, 2);
    grid->addWidget(m_counts, 0, 3);
    grid->addWidget(m_words, 1, 0, 1, 4);
    grid->setColumnStretch(0, 1);
}

void FilterBar::setFilter(const filter::Filter& filter)
{
    m_edit->setText(QString::fromStdString(filter::print(filter)));
    apply();
    if (m_valid)
        remember(m_edit->text());
}

void FilterBar::setScope(const QString& text)
{
    m_scope->setText(text);
    m_scope->setAccessibleName(text.isEmpty() ? text : tr("Only %1; remove").arg(text));
    m_scope->setVisible(!text.isEmpty());
    showState();
}

void FilterBar::setCounts(std::uint64_t shown, std::uint64_t total)
{
    m_shown = shown;
    m_total = total;
    showState();
}

void FilterBar::setSeenHeaders(QStringList names)
{
    m_headers = std::move(names);
    showState();
}

void FilterBar::setRecent(const QStringList& texts)
{
    m_recent = texts.mid(0, recentTexts);
}

void FilterBar::check()
{
    auto result = filter::parseChecked(m_edit->text().toStdString(), filter::Use::View);
    const auto* error = std::get_if<filter::TextError>(&result);
    m_valid = error == nullptr;
    if (m_valid)
        m_typed = std::get<filter::Filter>(std::move(result));
    else
        m_error = *error;
    underline(error);
    showState();
}

void FilterBar::apply()
{
    m_idle.stop();
    if (!m_valid)
        return;
    m_appliedText = m_edit->text();
    if (m_typed == m_applied)
        return;
    m_applied = m_typed;
    emit applied(m_applied);
}

void FilterBar::escape()
{
    if (!m_valid)
        m_edit->setText(m_appliedText);
    else if (!m_edit->text().isEmpty())
        m_edit->clear();
    else if (!m_scope->isHidden())
        emit scopeRemoved();
    else
        emit left();
    apply();
}

void FilterBar::remember(const QString& text)
{
    if (text.isEmpty())
        return;
    m_recent.removeAll(text);
    m_recent.prepend(text);
    m_recent = m_recent.mid(0, recentTexts);
}

void FilterBar::fillRecent()
{
    m_recentMenu->clear();
    for (const QString& text : m_recent) {
        QString shown = fontMetrics().elidedText(text, Qt::ElideRight, 480);
        shown.replace(u'&', QStringLiteral("&&"));
        connect(m_recentMenu->addAction(shown), &QAction::triggered, this, [this, text] {
            m_edit->setText(text);
            apply();
            remember(text);
        });
    }
    if (m_recent.isEmpty())
        m_recentMenu->addAction(tr("No recent filters yet"))->setEnabled(false);
    m_recentMenu->addSeparator();
    connect(m_recentMenu->addAction(tr("Edit as rules…")),
            &QAction::triggered,
            this,
            &FilterBar::editorWanted);
}

QString FilterBar::unknownHeader(const filter::Group& group) const
{
    for (const filter::Node& node : group.children) {
        QString name;
        if (const auto* inner = std::get_if<filter::Group>(&node.item)) {
            name = unknownHeader(*inner);
        } else {
            const auto& rule = std::get<filter::Rule>(node.item);
            const QString wanted = QString::fromStdString(rule.name);
            if (rule.enabled && rule.field == filter::Field::Header
                && !m_headers.contains(wanted, Qt::CaseInsensitive))
                name = wanted;
        }
        if (!name.isEmpty())
            return name;
    }
    return {};
}

void FilterBar::showState()
{
    const QLocale locale;
    const QString unknown = m_valid && !m_headers.isEmpty() ? unknownHeader(m_typed) : QString();
    QString words = m_valid ? QString::fromStdString(filter::inWords(m_typed)) : QString();
    if (!m_valid) {
        m_state = BarState::Invalid;
        words = tr("Character %1: %2")
                    .arg(before(m_edit->text(), m_error.position).toUcs4().size() + 1)
                    .arg(QString::fromStdString(m_error.message));
    } else if (m_edit->text().trimmed().isEmpty()) {
        m_state = BarState::Empty;
    } else if (!unknown.isEmpty()) {
        m_state = BarState::Warning;
        words = tr("%1 – the header %2 was never seen").arg(words, unknown);
    } else if (m_shown == 0 && m_total > 0 && m_typed == m_applied) {
        m_state = BarState::Warning;
        words = tr("%1 – nothing matches so far").arg(words);
    } else {
        m_state = BarState::Valid;
    }
    m_icon->setIcon(stateIcon(m_state));
    m_icon->setToolTip(words);
    theme::restyle(m_edit, "fieldState", stateProperty(m_state));
    theme::restyle(m_words,
                   "tone",
                   m_state == BarState::Invalid   ? QStringLiteral("failure")
                   : m_state == BarState::Warning ? QStringLiteral("warning")
                                                  : QStringLiteral("muted"));
    m_words->setText(words);
    m_words->setToolTip(words);
    m_words->setVisible(m_state != BarState::Empty);
    m_edit->setAccessibleDescription(words);
    const QString total = locale.toString(qulonglong(m_total));
    m_counts->setText(m_state == BarState::Empty && m_scope->isHidden()
                          ? total
                          : tr("%1 of %2").arg(locale.toString(qulonglong(m_shown)), total));
}

// A line edit has no formats of its own; the ones of an input method do.
void FilterBar::underline(const filter::TextError* error)
{
    QList<QInputMethodEvent::Attribute> attributes;
    if (error != nullptr) {
        const QString text = m_edit->text();
        int from = characters(text, error->position);
        int to = characters(text, error->position + error->length);
        if (from == to) // the text ends too early: mark its last character
            from = std::max(0, to - 1);
        QTextCharFormat format;
        format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        format.setUnderlineColor(theme::color(palette(), theme::Role::Failure));
        attributes.append(
            {QInputMethodEvent::TextFormat, from - m_edit->cursorPosition(), to - from, format});
    }
    QInputMethodEvent event(QString(), attributes);
    QCoreApplication::sendEvent(m_edit, &event);
}

bool FilterBar::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress
        && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        escape();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace podglass::ui
