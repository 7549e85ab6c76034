// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/namespace_model.h"

#include "ui/connect/fuzzy.h"
#include "ui/connect/place_text.h"

namespace podglass::connect {

void NamespaceModel::setNamespaces(const std::map<std::string, std::size_t>& counts)
{
    m_counts = counts;
    refilter();
}

void NamespaceModel::setQuery(const QString& query)
{
    m_query = lowered(query.trimmed().toStdString());
    refilter();
}

void NamespaceModel::toggle(const std::string& name)
{
    if (m_chosen.erase(name) == 0)
        m_chosen.insert(name);
    if (!m_rows.empty())
        emit dataChanged(index(0), index(rowCount() - 1));
}

void NamespaceModel::clearChosen()
{
    m_chosen.clear();
    refilter();
}

void NamespaceModel::refilter()
{
    beginResetModel();
    m_rows.clear();
    const auto matches = [this](const std::string& name) {
        return m_query.empty() || lowered(name).find(m_query) != std::string::npos;
    };
    for (const std::string& name : m_chosen) {
        if (matches(name))
            m_rows.push_back(name);
    }
    for (const auto& [name, count] : m_counts) {
        if (!m_chosen.contains(name) && matches(name))
            m_rows.push_back(name);
    }
    endResetModel();
}

std::string NamespaceModel::name(int row) const
{
    const auto at = static_cast<std::size_t>(row);
    return row >= 0 && at < m_rows.size() ? m_rows[at] : std::string();
}

int NamespaceModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant NamespaceModel::data(const QModelIndex& index, int role) const
{
    const std::string each = index.isValid() ? name(index.row()) : std::string();
    if (each.empty())
        return {};
    if (role == Qt::CheckStateRole)
        return m_chosen.contains(each) ? Qt::Checked : Qt::Unchecked;
    if (role != Qt::DisplayRole)
        return {};
    const auto count = m_counts.find(each);
    return count == m_counts.end()
               ? shownText(each)
               : QStringLiteral("%1  (%2)").arg(shownText(each)).arg(count->second);
}

} // namespace podglass::connect
