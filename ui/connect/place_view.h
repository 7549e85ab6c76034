// SPDX-License-Identifier: GPL-3.0-or-later
// How lists of places look and answer the keys, wherever they stand: whole rows, one at a time,
// no grid. Thread: GUI.
#pragma once

class QAbstractItemModel;
class QString;
class QTableView;
class QWidget;

namespace podglass::connect {

// Owned by `parent`; `name` is its object name.
QTableView* makePlaceView(const QString& name, QAbstractItemModel* model, QWidget* parent);

} // namespace podglass::connect
