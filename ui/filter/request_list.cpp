// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filter/request_list.h"

#include "ui/filter/sample_model.h"
#include "ui/filter/share_bar.h"
#include "ui/theme/icon.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QLocale>
#include <QSplitter>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace podglass::ui {

RequestList::RequestList(filter::Use use, QWidget* parent)
    : QWidget(parent)
    , m_use(use)
    , m_model(new SampleModel(this))
{
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->setSpacing(0);
    whole->addWidget(buildHead());
    whole->addWidget(buildLists(), 1);
    refill();
}

QWidget* RequestList::buildHead()
{
    auto* head = new QWidget(this);
    head->setProperty("surface", QStringLiteral("panel"));
    head->setAttribute(Qt::WA_StyledBackground);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(theme::gapLarge, theme::gap, theme::gapLarge, theme::gap);
    row->setSpacing(theme::gapLarge);
    m_count = new QLabel(head);
    m_count->setTextFormat(Qt::PlainText);
    m_count->setProperty("tone", QStringLiteral("strong"));
    m_count->setAccessibleName(tr("How much the filter takes"));
    m_share = new ShareBar(head);
    m_share->setMaximumWidth(220);
    row->addWidget(m_count);
    row->addWidget(m_share, 1);
    row->addStretch(1);
    auto* halves = new QHBoxLayout;
    halves->setSpacing(0);
    auto* group = new QButtonGroup(head);
    const auto half = [&](const char* segment, bool matched) {
        auto* button = new QToolButton(head);
        button->setCheckable(true);
        button->setChecked(matched);
        button->setProperty("segment", QString::fromLatin1(segment));
        group->addButton(button);
        halves->addWidget(button);
        connect(button, &QToolButton::clicked, this, [this, matched] { showHalf(matched); });
        return button;
    };
    m_matched = half("first", true);
    m_notMatched = half("last", false);
    row->addLayout(halves);
    return head;
}

QWidget* RequestList::buildLists()
{
    auto* split = new QSplitter(Qt::Horizontal, this);
    m_view = new QTableView(split);
    m_view->setModel(m_model);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->setShowGrid(false);
    m_view->setProperty("cells", QStringLiteral("padded")); // in line with the header
    m_view->setWordWrap(false);
    m_view->setTabKeyNavigation(false);
    m_view->setAccessibleName(tr("Requests of the sample"));
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + theme::gap);
    m_view->horizontalHeader()->setHighlightSections(false);
    m_view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_view->horizontalHeader()->setStretchLastSection(true);
    const int letter = fontMetrics().averageCharWidth();
    m_view->setColumnWidth(SampleModel::Time, letter * 17);
    m_view->setColumnWidth(SampleModel::Method, letter * 10);
    m_view->setColumnWidth(SampleModel::Target, letter * 32);
    m_view->setColumnWidth(SampleModel::From, letter * 18);
    m_verdicts = new QListWidget(split);
    m_verdicts->setAccessibleName(tr("Every rule for the selected request"));
    m_verdicts->setSelectionMode(QAbstractItemView::NoSelection);
    m_verdicts->setWordWrap(true);
    m_verdicts->setMinimumWidth(200);
    m_verdicts->setIconSize({14, 14});
    m_verdicts->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 1);
    split->setChildrenCollapsible(false);
    split->setSizes({720, 320});
    connect(m_view->selectionModel(),
            &QItemSelectionModel::currentRowChanged,
            this,
            &RequestList::explainCurrent);
    return split;
}

void RequestList::showPreview(const Sample& sample, const Preview& preview)
{
    m_sample = sample;
    m_preview = preview;
    refill();
}

void RequestList::setStale(bool stale)
{
    m_count->setEnabled(!stale);
    m_view->setEnabled(!stale);
    m_verdicts->setEnabled(!stale);
}

void RequestList::showHalf(bool matched)
{
    m_showsMatched = matched;
    (matched ? m_matched : m_notMatched)->setChecked(true);
    refill();
}

QString RequestList::countText() const
{
    const auto total = m_preview.tally.subjects;
    if (total == 0)
        return tr("No requests to try it on yet – mirror for a moment");
    const QLocale locale;
    const double percent =
        100.0 * static_cast<double>(m_preview.tally.matched) / static_cast<double>(total);
    const QString text = m_use == filter::Use::Steal
                             ? tr("Would take %1 of the last %2 requests (%3 %)")
                             : tr("Shows %1 of the last %2 requests (%3 %)");
    return text.arg(locale.toString(qulonglong(m_preview.tally.matched)),
                    locale.toString(qulonglong(total)),
                    locale.toString(percent, 'f', 1));
}

void RequestList::refill()
{
    const QLocale locale;
    const auto total = m_preview.tally.subjects;
    const auto matched = m_preview.tally.matched;
    m_count->setText(countText());
    m_share->setShare(total == 0 ? 0 : static_cast<double>(matched) / static_cast<double>(total));
    m_share->setVisible(total != 0);
    m_matched->setText(tr("Matched %1").arg(locale.toString(qulonglong(matched))));
    m_notMatched->setText(tr("Not matched %1").arg(locale.toString(qulonglong(total - matched))));
    // The request that is looked at stays selected while the filter changes around it.
    const auto selected = m_model->requestAt(m_view->currentIndex());
    m_model->show(m_sample, m_preview, m_showsMatched);
    int row = 0;
    for (int i = 0; selected && i < m_model->rowCount(); ++i) {
        if (m_model->requestAt(m_model->index(i, 0)) == selected)
            row = i;
    }
    m_view->setCurrentIndex(m_model->index(row, 0));
    explainCurrent();
}

void RequestList::explainCurrent()
{
    m_verdicts->clear();
    const auto request = m_model->requestAt(m_view->currentIndex());
    if (!request || !m_preview.filter)
        return;
    for (const filter::Verdict& verdict : m_preview.filter->explain(m_sample.subject(*request))) {
        const QString indent(static_cast<qsizetype>(verdict.path.size() - 1) * 4, u' ');
        auto* item = new QListWidgetItem(indent + QString::fromStdString(verdict.text), m_verdicts);
        const QString icon = !verdict.enabled ? QStringLiteral("off")
                             : verdict.met    ? QStringLiteral("check")
                                              : QStringLiteral("cross");
        const auto role = !verdict.enabled ? theme::Role::Muted
                          : verdict.met    ? theme::Role::Success
                                           : theme::Role::Failure;
        item->setIcon(theme::icon(icon, role));
        item->setData(Qt::AccessibleTextRole,
                      (verdict.met ? tr("true: %1") : tr("not true: %1"))
                          .arg(QString::fromStdString(verdict.text)));
    }
}

} // namespace podglass::ui
