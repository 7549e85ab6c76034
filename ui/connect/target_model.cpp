// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/target_model.h"

#include "ui/connect/fuzzy.h"

#include <algorithm>

#include <QStringList>

namespace podglass::connect {

std::vector<std::uint16_t> portsOf(const wire::Target& target)
{
    std::vector<std::uint16_t> ports;
    for (const auto& listening : target.ports) {
        ports.push_back(listening.port);
    }
    std::ranges::sort(ports);
    const auto repeated = std::ranges::unique(ports);
    ports.erase(repeated.begin(), repeated.end());
    return ports;
}

void TargetModel::setTargets(std::vector<wire::Target> targets)
{
    m_targets = std::move(targets);
    refilter();
}

void TargetModel::setLast(const QString& spec)
{
    m_last = spec;
    refilter();
}

void TargetModel::setQuery(const QString& query)
{
    m_query = query;
    refilter();
}

const wire::Target* TargetModel::target(int row) const
{
    const auto at = static_cast<std::size_t>(row);
    return row >= 0 && at < m_rows.size() ? &m_targets[m_rows[at]] : nullptr;
}

void TargetModel::refilter()
{
    struct Match
    {
        std::size_t index;
        int score;
    };

    std::vector<Match> matches;
    for (std::size_t i = 0; i < m_targets.size(); ++i) {
        const auto& target = m_targets[i];
        QStringList all;
        for (int column = 0; column < columns; ++column) {
            all << text(target, column);
        }
        // A hit in the name counts for more than the same hit anywhere.
        const int anywhere = fuzzyScore(m_query, all.join(u' '));
        if (anywhere > 0) {
            const bool last = QString::fromStdString(target.spec) == m_last;
            const int inName = fuzzyScore(m_query, text(target, Name));
            matches.push_back({i, anywhere + 2 * inName + (last ? 1000 : 0)});
        }
    }
    std::ranges::stable_sort(matches, std::greater{}, &Match::score);
    beginResetModel();
    m_rows.clear();
    for (const auto& match : matches) {
        m_rows.push_back(match.index);
    }
    endResetModel();
}

QString TargetModel::text(const wire::Target& target, int column) const
{
    switch (column) {
    case Name:
        return QString::fromStdString(target.name.empty() ? target.spec : target.name);
    case Kind:
        return QString::fromStdString(target.kind);
    case Ports: {
        QStringList shown;
        for (const auto& listening : target.ports) {
            const auto process = QString::fromStdString(listening.process);
            const auto port = QString::number(listening.port);
            const auto both = process.isEmpty() ? port : port + u' ' + process;
            if (!shown.contains(both)) {
                shown << both;
            }
        }
        return shown.join(QStringLiteral(", "));
    }
    case Detail:
        return QString::fromStdString(target.detail);
    default:
        return {};
    }
}

int TargetModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int TargetModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : columns;
}

QVariant TargetModel::data(const QModelIndex& index, int role) const
{
    const auto* found = index.isValid() ? target(index.row()) : nullptr;
    if (found == nullptr) {
        return {};
    }
    if (role == Qt::DisplayRole && index.column() == Name
        && QString::fromStdString(found->spec) == m_last) {
        return tr("%1 (last)").arg(text(*found, Name));
    }
    if (role == Qt::DisplayRole || role == Qt::ToolTipRole) {
        return text(*found, index.column());
    }
    if (role == Qt::AccessibleTextRole) {
        return tr("%1, %2, ports %3")
            .arg(text(*found, Name), text(*found, Kind), text(*found, Ports));
    }
    return {};
}

QVariant TargetModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Name:
        return tr("Name");
    case Kind:
        return tr("Kind");
    case Ports:
        return tr("Listening ports");
    default:
        return tr("Detail");
    }
}

} // namespace podglass::connect
