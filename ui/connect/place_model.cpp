// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/place_model.h"

#include "ui/connect/place_text.h"
#include "ui/theme/colors.h"

#include <algorithm>

#include <QDateTime>
#include <QFont>

namespace podglass::connect {

namespace {

constexpr qint64 turnNanoseconds = 6'000'000;
constexpr qint64 publishMilliseconds = 50;

} // namespace

PlaceModel::PlaceModel(QObject* parent)
    : QAbstractTableModel(parent)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(0); // after the events that wait
    connect(&m_timer, &QTimer::timeout, this, &PlaceModel::turn);
    m_sincePublish.start();
}

void PlaceModel::put(std::vector<Place> places)
{
    for (Place& place : places)
        m_index.put(std::move(place));
    changed();
}

void PlaceModel::remove(const std::vector<std::string>& keys)
{
    for (const std::string& key : keys)
        m_index.remove(key);
    changed();
}

void PlaceModel::replace(const std::string& source, std::vector<Place> places)
{
    std::vector<std::string> keys;
    keys.reserve(places.size());
    for (const Place& place : places)
        keys.push_back(place.key);
    std::ranges::sort(keys);
    for (const std::string& old : m_keysOf[source]) {
        if (!std::ranges::binary_search(keys, old))
            m_index.remove(old);
    }
    m_keysOf[source] = std::move(keys);
    put(std::move(places));
}

void PlaceModel::clear()
{
    beginResetModel();
    m_rows.clear();
    m_index.clear();
    m_keysOf.clear();
    endResetModel();
    emit published();
}

void PlaceModel::setQuery(const QString& query)
{
    m_index.setQuery(query.toStdString());
    changed();
}

void PlaceModel::setGroups(std::bitset<placeGroups> groups)
{
    m_index.setGroups(groups);
    changed();
}

void PlaceModel::setNamespaces(std::set<std::string> namespaces)
{
    m_index.setNamespaces(std::move(namespaces));
    changed();
}

void PlaceModel::setRecent(const QStringList& specs)
{
    std::vector<std::string> all;
    for (const QString& spec : specs)
        all.push_back(spec.toStdString());
    m_index.setRecent(std::move(all));
    changed();
}

// The first turn is taken at once: a short list is then right before the next key.
void PlaceModel::changed()
{
    if (!m_timer.isActive())
        turn();
}

void PlaceModel::turn()
{
    QElapsedTimer spent;
    spent.start();
    bool more = true;
    while (more && spent.nsecsElapsed() < turnNanoseconds)
        more = m_index.work();
    if (more)
        m_timer.start();
    if (!more || m_rows.empty() || m_sincePublish.elapsed() >= publishMilliseconds)
        publish();
}

void PlaceModel::publish()
{
    if (m_rows != m_index.rows())
        arrange(m_index.rows());
    m_index.recycle();
    if (std::exchange(m_revision, m_index.revision()) != m_index.revision() && !m_rows.empty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, columns - 1));
    m_sincePublish.restart();
    emit published();
}

// Rows come and go at the end, and in between they change places: so what is selected stays with
// its place, and the view keeps where it has been scrolled to.
void PlaceModel::arrange(const std::vector<PlaceId>& rows)
{
    const int before = rowCount();
    const int after = static_cast<int>(rows.size());
    if (after > before) {
        beginInsertRows({}, before, after - 1);
        m_rows.insert(m_rows.end(), rows.begin() + before, rows.end());
        endInsertRows();
    }
    std::vector<PlaceId> arranged = rows;
    if (after < before) { // those that leave wait at the end
        std::vector<bool> stays(m_index.ids());
        for (const PlaceId id : rows)
            stays[id] = true;
        for (const PlaceId id : m_rows) {
            if (static_cast<int>(arranged.size()) < before && !stays[id])
                arranged.push_back(id);
        }
    }
    emit layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList old = persistentIndexList();
    QModelIndexList moved;
    moved.reserve(old.size());
    for (const QModelIndex& each : old) {
        const PlaceId id = m_rows[static_cast<std::size_t>(each.row())];
        const auto found = std::ranges::find(arranged, id);
        moved << (found == arranged.end()
                      ? QModelIndex()
                      : index(static_cast<int>(found - arranged.begin()), each.column()));
    }
    m_rows = std::move(arranged);
    changePersistentIndexList(old, moved);
    emit layoutChanged({}, QAbstractItemModel::VerticalSortHint);
    if (after < before) {
        beginRemoveRows({}, after, before - 1);
        m_rows.resize(static_cast<std::size_t>(after));
        endRemoveRows();
    }
}

const Place* PlaceModel::place(int row) const
{
    const auto at = static_cast<std::size_t>(row);
    if (row < 0 || at >= m_rows.size() || m_index.gone(m_rows[at]))
        return nullptr;
    return &m_index.place(m_rows[at]);
}

int PlaceModel::rowOf(const std::string& key) const
{
    const auto found =
        std::ranges::find_if(m_rows, [&](PlaceId id) { return m_index.place(id).key == key; });
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

QString PlaceModel::text(PlaceId id, int column) const
{
    const Place& place = m_index.place(id);
    switch (column) {
    case Name:
        return m_index.last(id) ? tr("%1 (last)").arg(shownText(place.name))
                                : shownText(place.name);
    case Kind:
        return shownText(place.kind);
    case Where:
        return shownText(place.nameSpace.empty() ? place.source : place.nameSpace);
    case Status:
        return statusText(place, QDateTime::currentSecsSinceEpoch());
    case Ports:
        return portsText(place);
    case Detail:
        return shownText(place.detail);
    case InUse:
        return shownText(place.inUse);
    default:
        return {};
    }
}

int PlaceModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int PlaceModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : columns;
}

QVariant PlaceModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || static_cast<std::size_t>(index.row()) >= m_rows.size())
        return {};
    const PlaceId id = m_rows[static_cast<std::size_t>(index.row())];
    const Place& place = m_index.place(id);
    switch (role) {
    case Qt::DisplayRole:
        return text(id, index.column());
    case Qt::ToolTipRole:
        return index.column() == Name && !place.labels.empty()
                   ? text(id, Name) + QLatin1Char('\n')
                         + shownText(place.labels)
                               .replace(QChar(0x240a), QLatin1Char('\n'))
                               .trimmed()
                   : text(id, index.column());
    case Qt::FontRole:
        if (index.column() == Name) {
            QFont strong;
            strong.setWeight(QFont::DemiBold);
            return strong;
        }
        return {};
    case Qt::AccessibleTextRole:
        return tr("%1, %2, ports %3")
            .arg(
                text(id, Name), text(id, Kind), place.ports.empty() ? tr("none") : text(id, Ports));
    default:
        return {};
    }
}

QVariant PlaceModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Name");
    case Kind:
        return tr("Kind");
    case Where:
        return tr("Namespace");
    case Status:
        return tr("Status");
    case Ports:
        return tr("Ports");
    case Detail:
        return tr("Detail");
    default:
        return tr("In use by");
    }
}

} // namespace podglass::connect
