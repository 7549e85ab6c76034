// SPDX-License-Identifier: GPL-3.0-or-later
// PlaceModel: what of a PlaceIndex matches the search, as rows. Searches in turns of a few
// milliseconds between other events, and shows what it has at most 20 times a second; the selection
// stays with its place whatever comes and goes. Thread: the window's.
#pragma once

#include "core/base/result.h" // moc of Qt 6.4 cannot read <compare> as the first header

#include "ui/connect/place_index.h"

#include <map>

#include <QAbstractTableModel>
#include <QElapsedTimer>
#include <QTimer>

namespace podglass::connect {

class PlaceModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        Name,
        Kind,
        Where,
        Status,
        Ports,
        Detail,
        InUse
    };

    static constexpr int columns = InUse + 1;

    explicit PlaceModel(QObject* parent = nullptr);

    void put(std::vector<Place> places);
    void remove(const std::vector<std::string>& keys);
    // These are all the places of one source; those that it had before and has no more are gone.
    void replace(const std::string& source, std::vector<Place> places);
    void clear();
    void setQuery(const QString& query);
    void setGroups(std::bitset<placeGroups> groups);
    void setNamespaces(std::set<std::string> namespaces);
    void setRecent(const QStringList& specs);

    // Null: no such row, or the place has just gone.
    [[nodiscard]] const Place* place(int row) const;
    [[nodiscard]] int rowOf(const std::string& key) const;

    [[nodiscard]] const PlaceIndex& index() const { return m_index; }

    using QAbstractTableModel::index;

    // Still searching: what is shown may change without anything having happened.
    [[nodiscard]] bool busy() const { return !m_index.idle(); }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation, int role) const override;

signals:
    // The rows are what the index has found by now.
    void published();

private:
    void changed();
    void turn();
    void publish();
    void arrange(const std::vector<PlaceId>& rows);
    [[nodiscard]] QString text(PlaceId id, int column) const;

    PlaceIndex m_index;
    std::vector<PlaceId> m_rows;
    std::map<std::string, std::vector<std::string>> m_keysOf;
    std::uint64_t m_revision = 0;
    QTimer m_timer;
    QElapsedTimer m_sincePublish;
};

} // namespace podglass::connect
