// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/step_list.h"

#include "ui/connect/step_line.h"

#include <algorithm>

#include <QEvent>
#include <QScrollBar>
#include <QStringList>
#include <QVBoxLayout>

namespace podglass::connect {

StepList::StepList(QWidget* parent)
    : QScrollArea(parent)
{
    setObjectName(QStringLiteral("stepList"));
    setAccessibleName(tr("Steps of the connection"));
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    auto* inner = new QWidget(this);
    m_layout = new QVBoxLayout(inner);
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(0);
    m_layout->addStretch(1);
    setWidget(inner);
    inner->installEventFilter(this);
    QObject::connect(verticalScrollBar(), &QScrollBar::rangeChanged, this, [this](int, int end) {
        verticalScrollBar()->setValue(end);
    });
}

void StepList::show(const session::Step& step)
{
    auto& line = m_lines[step.id];
    if (line == nullptr) {
        line = new StepLine(widget());
        m_layout->insertWidget(m_layout->count() - 1, line);
    }
    line->show(step);
}

void StepList::clear()
{
    for (const auto& [id, line] : m_lines) {
        delete line;
    }
    m_lines.clear();
}

// As high as its lines, so that what follows stands right under them; scrolls when there is less.
bool StepList::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == widget()
        && (event->type() == QEvent::LayoutRequest || event->type() == QEvent::Resize)) {
        const int height = m_layout->hasHeightForWidth()
                               ? m_layout->totalHeightForWidth(viewport()->width())
                               : m_layout->totalSizeHint().height();
        setMaximumHeight(std::max(height, 1));
    }
    return QScrollArea::eventFilter(watched, event);
}

QString StepList::text() const
{
    QStringList all;
    for (int i = 0; i < m_layout->count(); ++i) { // in the order shown
        if (const auto* line = qobject_cast<StepLine*>(m_layout->itemAt(i)->widget()))
            all << line->text();
    }
    return all.join(u'\n');
}

} // namespace podglass::connect
