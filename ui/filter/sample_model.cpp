// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filter/sample_model.h"

#include "ui/theme/icon.h"

#include <algorithm>

#include <QDateTime>
#include <QLocale>

namespace podglass::ui {

void SampleModel::show(const Sample& sample, const Preview& preview, bool matched)
{
    beginResetModel();
    m_sample = sample;
    m_filter = preview.filter;
    m_rows = matched ? preview.matched : preview.notMatched;
    m_matched = matched;
    endResetModel();
}

std::optional<std::size_t> SampleModel::requestAt(const QModelIndex& index) const
{
    if (!index.isValid() || static_cast<std::size_t>(index.row()) >= m_rows.size())
        return std::nullopt;
    return m_rows[static_cast<std::size_t>(index.row())];
}

int SampleModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int SampleModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : Columns;
}

QVariant SampleModel::data(const QModelIndex& index, int role) const
{
    const auto request = requestAt(index);
    if (!request)
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return text(*request, index.column());
    case Qt::FontRole:
        return index.column() == Target || index.column() == Time ? theme::monospace() : QVariant();
    case Qt::AccessibleTextRole:
        return tr("%1 %2: %3").arg(text(*request, Method), text(*request, Target), why(*request));
    default:
        return {};
    }
}

QVariant SampleModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Time:
        return tr("Time");
    case Method:
        return tr("Method");
    case Target:
        return tr("Target");
    case From:
        return tr("From");
    case Why:
        return m_matched ? tr("Why") : tr("Why not");
    default:
        return {};
    }
}

QString SampleModel::text(std::size_t i, int column) const
{
    const SampleRequest& request = m_sample.request(i);
    switch (column) {
    case Time:
        return QDateTime::fromMSecsSinceEpoch(request.at.nanoseconds / 1'000'000)
            .toString(QStringLiteral("HH:mm:ss.zzz"));
    case Method:
        return QString::fromStdString(request.method);
    case Target:
        return QString::fromStdString(request.target);
    case From:
        return request.sourceName.isEmpty() ? QString::fromStdString(request.source.addressText())
                                            : request.sourceName;
    case Why:
        return why(i);
    default:
        return {};
    }
}

// For a miss the first rule at the top that fails; for a match how many had to hold.
QString SampleModel::why(std::size_t i) const
{
    if (!m_filter)
        return {};
    const auto verdicts = m_filter->explain(m_sample.subject(i));
    const bool conjunction = m_filter->source().kind == filter::GroupKind::All;
    for (const filter::Verdict& verdict : verdicts) {
        if (!verdict.enabled || verdict.path.size() != 1)
            continue;
        const bool decides = conjunction ? !verdict.met : verdict.met;
        if (decides && m_matched != conjunction)
            return QString::fromStdString(verdict.text);
    }
    const auto live = std::ranges::count_if(verdicts, [](const filter::Verdict& verdict) {
        return verdict.enabled && verdict.path.size() == 1;
    });
    if (live == 0)
        return tr("no rule is on");
    return tr("%1 of %2 are true").arg(m_matched == conjunction ? live : 0).arg(live);
}

} // namespace podglass::ui
