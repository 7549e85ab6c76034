// SPDX-License-Identifier: GPL-3.0-or-later
// The targets that match a search, best first; the last one used before all. Thread: the window's.
#pragma once

#include "core/base/result.h" // moc of Qt 6.4 cannot read <compare> as the first header
#include "core/wire/message.h"

#include <vector>

#include <QAbstractTableModel>

namespace podglass::connect {

class TargetModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        Name,
        Kind,
        Ports,
        Detail,
        columns
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setTargets(std::vector<wire::Target> targets);
    void setLast(const QString& spec);
    void setQuery(const QString& query);

    [[nodiscard]] const wire::Target* target(int row) const;

    [[nodiscard]] std::size_t total() const { return m_targets.size(); }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation, int role) const override;

private:
    void refilter();
    [[nodiscard]] QString text(const wire::Target& target, int column) const;

    std::vector<wire::Target> m_targets;
    std::vector<std::size_t> m_rows;
    QString m_last;
    QString m_query;
};

// Each port once, the lowest first.
std::vector<std::uint16_t> portsOf(const wire::Target& target);

} // namespace podglass::connect
