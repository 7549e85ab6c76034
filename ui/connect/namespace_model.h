// SPDX-License-Identifier: GPL-3.0-or-later
// NamespaceModel: namespaces that contain what is typed, ticked ones first. Thread: the window's.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <QAbstractListModel>

namespace podglass::connect {

class NamespaceModel : public QAbstractListModel
{
    Q_OBJECT

public:
    using QAbstractListModel::QAbstractListModel;

    void setNamespaces(const std::map<std::string, std::size_t>& counts);
    void setQuery(const QString& query);
    void toggle(const std::string& name);
    void clearChosen();

    [[nodiscard]] const std::set<std::string>& chosen() const { return m_chosen; }

    [[nodiscard]] std::string name(int row) const;

    [[nodiscard]] bool knows(const std::string& name) const { return m_counts.contains(name); }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    void refilter();

    std::map<std::string, std::size_t> m_counts;
    std::set<std::string> m_chosen;
    std::vector<std::string> m_rows;
    std::string m_query;
};

} // namespace podglass::connect
