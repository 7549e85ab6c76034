// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/filter_line.h"

#include "core/filter/evaluate.h"
#include "core/filter/text.h"

#include "ui/models/format.h"
#include "ui/theme/icon.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>

namespace podglass::shell {

namespace {

constexpr int idleMilliseconds = 150;

} // namespace

FilterLine::FilterLine(QWidget* parent)
    : QWidget(parent)
    , m_text(new QLineEdit(this))
    , m_words(new QLabel(this))
    , m_counts(new QLabel(this))
{
    setProperty("surface", QStringLiteral("panel"));
    setAttribute(Qt::WA_StyledBackground);
    m_text->setObjectName(QStringLiteral("viewFilter"));
    m_text->setAccessibleName(tr("View filter"));
    m_text->setPlaceholderText(
        tr("Filter the list, e.g.  method is POST and path starts with /cart    ( / )"));
    m_text->setClearButtonEnabled(true);
    m_text->addAction(theme::icon(QStringLiteral("filter"), theme::Role::Muted),
                      QLineEdit::LeadingPosition);
    m_text->installEventFilter(this);
    m_words->setProperty("tone", QStringLiteral("muted"));
    m_words->setTextFormat(Qt::PlainText);
    m_words->setObjectName(QStringLiteral("viewFilterWords"));
    m_words->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_counts->setProperty("tone", QStringLiteral("muted"));
    auto* layout = new QGridLayout(this);
    layout->setContentsMargins(theme::gap, theme::gapSmall + 2, theme::gap, theme::gapSmall + 2);
    layout->setHorizontalSpacing(theme::gap);
    layout->setVerticalSpacing(2);
    layout->addWidget(m_text, 0, 0);
    layout->addWidget(m_counts, 0, 1);
    layout->addWidget(m_words, 1, 0, 1, 2);
    layout->setColumnStretch(0, 1);
    m_words->hide();
    m_idle.setSingleShot(true);
    m_idle.setInterval(idleMilliseconds);
    connect(m_text, &QLineEdit::textEdited, &m_idle, qOverload<>(&QTimer::start));
    connect(m_text, &QLineEdit::textChanged, this, [this](const QString& text) {
        if (text.isEmpty())
            m_idle.start(); // the clear button edits without textEdited
    });
    connect(m_text, &QLineEdit::returnPressed, this, &FilterLine::read);
    connect(&m_idle, &QTimer::timeout, this, &FilterLine::read);
}

void FilterLine::setFilter(const filter::Filter& filter)
{
    m_text->setText(QString::fromStdString(filter::print(filter)));
    read();
}

void FilterLine::read()
{
    m_idle.stop();
    const std::string text = m_text->text().toStdString();
    const auto parsed = filter::parseChecked(text, filter::Use::View);
    if (const auto* wrong = std::get_if<filter::TextError>(&parsed)) {
        theme::restyle(m_text, "fieldState", QStringLiteral("invalid"));
        const QString before =
            QString::fromStdString(text.substr(0, std::min(wrong->position, text.size())));
        m_words->setText(
            tr("Column %1: %2").arg(before.size() + 1).arg(QString::fromStdString(wrong->message)));
        theme::restyle(m_words, "tone", QStringLiteral("loss"));
        m_words->show();
        return;
    }
    const auto& filter = std::get<filter::Filter>(parsed);
    const bool empty = filter.children.empty();
    theme::restyle(m_text, "fieldState", empty ? QString() : QStringLiteral("valid"));
    theme::restyle(m_words, "tone", QStringLiteral("muted"));
    m_words->setText(empty ? QString()
                           : tr("Shows %1").arg(QString::fromStdString(filter::inWords(filter))));
    m_words->setVisible(!empty);
    if (filter == m_filter)
        return;
    m_filter = filter;
    emit filterChanged();
}

void FilterLine::setCounts(std::uint64_t shown, std::uint64_t all)
{
    m_counts->setText(tr("%1 of %2").arg(models::count(shown), models::count(all)));
}

void FilterLine::focusText()
{
    m_text->setFocus();
    m_text->selectAll();
}

bool FilterLine::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_text && event->type() == QEvent::KeyPress
        && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        const bool wrong = m_text->property("fieldState").toString() == QLatin1String("invalid");
        setFilter(wrong ? m_filter : filter::Filter{});
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace podglass::shell
