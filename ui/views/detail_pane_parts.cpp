// SPDX-License-Identifier: GPL-3.0-or-later
// Which part of an exchange the pane shows, and where its parts stand at each size.
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"
#include "ui/views/connection_view.h"
#include "ui/views/detail_pane.h"
#include "ui/views/message_list.h"
#include "ui/views/message_view.h"
#include "ui/views/timing_bar.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace podglass::views {

namespace {

constexpr int narrowBelow = 560;
constexpr int lowBelow = 260;
constexpr int wideFrom = 900;

} // namespace

QMargins DetailPane::sidesMargins(bool wide)
{
    return wide ? QMargins() : QMargins(theme::gap, theme::gap, theme::gap, theme::gapSmall);
}

bool DetailPane::low() const
{
    return height() < lowBelow;
}

// What tells most of a row that is selected; what the user has chosen stays where it exists.
void DetailPane::choosePart()
{
    const bool exists =
        m_part == Messages ? m_detail.messages : m_part == Connection || !m_detail.connectionOnly;
    if (m_partByUser && exists && m_part != Connection) {
        showPart(m_part);
        return;
    }
    m_partByUser = false;
    showPart(m_detail.connectionOnly ? Connection : m_detail.messages ? Messages : Response);
}

void DetailPane::showPart(int part)
{
    m_part = part;
    arrange();
    emit partChanged();
}

// In a wide pane, which mostly lies under the list, two lines say what four say in a narrow one.
void DetailPane::spread(bool wide)
{
    if (wide == m_wide)
        return;
    m_wide = wide;
    if (wide) {
        m_first->insertWidget(2, m_sides);
        m_second->insertWidget(1, m_timing);
        m_second->setStretch(0, 4);
        m_second->setStretch(1, 3);
    } else {
        m_under->insertWidget(0, m_sides);
        m_head->insertWidget(2, m_timing);
    }
    m_sides->setContentsMargins(sidesMargins(wide));
    m_timing->setSizePolicy(wide ? QSizePolicy::Ignored : QSizePolicy::Expanding,
                            QSizePolicy::Fixed);
}

void DetailPane::arrange()
{
    const bool heads = m_part == Request || m_part == Response;
    m_parts->setCurrentIndex(heads ? 1 : m_part == Messages ? 0 : 2);
    m_request->setVisible(!m_narrow || m_part == Request);
    m_response->setVisible(!m_narrow || m_part == Response);
    QAbstractButton* request = m_sideButtons->button(Request);
    QAbstractButton* response = m_sideButtons->button(Response);
    m_sideButtons->button(Messages)->setVisible(m_detail.messages);
    request->setVisible(!m_detail.connectionOnly);
    response->setVisible(!m_detail.connectionOnly && m_narrow);
    request->setText(m_narrow ? tr("Request") : tr("Request and response"));
    m_sideButtons->button(m_part == Response && !m_narrow ? Request : m_part)->setChecked(true);
    m_sides->setVisible(!m_detail.connectionOnly); // one part is no choice
    QVector<QAbstractButton*> shown;
    for (QAbstractButton* button : m_sideButtons->buttons())
        if (!button->isHidden())
            shown << button;
    for (qsizetype i = 0; i < shown.size(); ++i) {
        theme::restyle(shown[i],
                       "segment",
                       shown.size() == 1       ? QStringLiteral("only")
                       : i == 0                ? QStringLiteral("first")
                       : i == shown.size() - 1 ? QStringLiteral("last")
                                               : QStringLiteral("middle"));
        // A tool button keeps the size hint of its former style until its text changes.
        const QString text = shown[i]->text();
        shown[i]->setText({});
        shown[i]->setText(text);
    }
}

void DetailPane::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_narrow = width() < narrowBelow;
    spread(width() >= wideFrom);
    // In a short pane the messages need the room more than the facts.
    m_facts->setVisible(!low());
    m_connection->setVisible(!low() && m_detail.connection != 0);
    m_timing->setVisible(!low() && m_detail.timed);
    m_request->setCompact(low());
    m_response->setCompact(low());
    arrange();
}

} // namespace podglass::views
