// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/status_line.h"

#include "ui/models/describe.h"
#include "ui/models/format.h"
#include "ui/models/row_marks.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

#include <QLabel>
#include <QProgressBar>

namespace podglass::shell {

StatusLine::StatusLine(QWidget* parent)
    : QStatusBar(parent)
    , m_counts(new QLabel(this))
    , m_loss(new QLabel(this))
    , m_missing(new QLabel(this))
    , m_delivery(new QLabel(this))
    , m_memory(new QLabel(this))
    , m_progress(new QProgressBar(this))
{
    setSizeGripEnabled(false);
    m_counts->setObjectName(QStringLiteral("counts"));
    m_loss->setObjectName(QStringLiteral("loss"));
    m_missing->setObjectName(QStringLiteral("missing"));
    m_missing->setProperty("tone", QStringLiteral("loss"));
    m_missing->hide();
    m_delivery->setObjectName(QStringLiteral("delivery"));
    m_delivery->setProperty("tone", QStringLiteral("warning"));
    m_delivery->hide();
    m_memory->setObjectName(QStringLiteral("memory"));
    m_memory->setProperty("tone", QStringLiteral("muted"));
    m_progress->setFixedWidth(120);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Filtering"));
    m_progress->hide();
    for (QLabel* label : {m_counts, m_loss, m_missing, m_delivery, m_memory}) {
        label->setTextFormat(Qt::PlainText);
        label->setContentsMargins(theme::gap, 3, theme::gap, 3);
    }
    addWidget(m_counts);
    addWidget(m_loss);
    addWidget(m_missing);
    addWidget(m_delivery);
    addPermanentWidget(m_progress);
    addPermanentWidget(m_memory);
}

void StatusLine::setCounts(const store::Store& store, const store::View& view)
{
    const auto& connections = store.connections();
    m_counts->setText(
        tr("Requests %1   ·   Shown %2   ·   Connections %3")
            .arg(models::count(store.requests()),
                 models::count(view.shownRequests()),
                 models::count(connections.end() - connections.first() + connections.forgotten())));
    const store::Losses& losses = store.losses();
    m_loss->setText(models::lossSummary(losses));
    theme::restyle(
        m_loss, "tone", losses.shown() == 0 ? QStringLiteral("muted") : QStringLiteral("loss"));
    QStringList gaps;
    for (std::size_t kind = 0; kind < losses.gapBytes.size(); ++kind)
        if (losses.gapBytes[kind] != 0)
            gaps << tr("%1 %2").arg(models::bytes(losses.gapBytes[kind]),
                                    models::gapText(static_cast<flow::GapKind>(kind)));
    m_leftOut = losses.leftOut().bytes;
    renderDelivery();
    m_missing->setText(models::missingSummary(losses));
    m_missing->setVisible(!m_missing->text().isEmpty());
    m_missing->setToolTip(gaps.join(QStringLiteral(", ")));
    m_loss->setToolTip(
        gaps.isEmpty() ? tr("Nothing is missing inside connections")
                       : tr("Missing inside connections: %1").arg(gaps.join(QStringLiteral(", "))));
    QString memory =
        tr("Memory %1 of %2")
            .arg(models::bytes(store.rows().bytes()), models::bytes(store.rows().byteLimit()));
    if (const auto stripped = store.rows().strippedRows(); stripped != 0)
        memory += tr("   ·   %1 oldest without body").arg(models::count(stripped));
    m_memory->setText(memory);
    m_memory->setToolTip(
        tr("Kept headers and bodies. When full, the oldest unmarked requests lose theirs first."));
}

void StatusLine::setDelivery(const QString& text)
{
    m_wish = text;
    renderDelivery();
}

// In force and what it did so far.
void StatusLine::renderDelivery()
{
    QString text = m_wish;
    if (m_leftOut != 0)
        text += (text.isEmpty() ? QString() : QStringLiteral(": "))
                + tr("%1 left out").arg(models::bytes(m_leftOut));
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    m_delivery->setText(text);
    m_delivery->setVisible(!text.isEmpty());
    m_delivery->setToolTip(tr("By your own choice: Capture, What is delivered"));
}

void StatusLine::setProgress(int percent)
{
    m_progress->setVisible(percent >= 0);
    m_progress->setValue(std::max(0, percent));
}

} // namespace podglass::shell
