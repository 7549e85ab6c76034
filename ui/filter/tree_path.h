// SPDX-License-Identifier: GPL-3.0-or-later
// Changes to a filter tree by path (child indices from the root). Pure functions on values; a path
// that does not exist changes nothing.
#pragma once

#include "core/filter/filter.h"

#include <cstddef>
#include <vector>

#include <QString>

namespace podglass::ui {

using Path = std::vector<std::size_t>;

// Null if there is none; the root has no node, see groupAt().
filter::Node* nodeAt(filter::Filter& filter, const Path& path);
const filter::Node* nodeAt(const filter::Filter& filter, const Path& path);
filter::Group* groupAt(filter::Filter& filter, const Path& path);

void insertNode(filter::Filter& filter, const Path& path, filter::Node node);
void removeNode(filter::Filter& filter, const Path& path);
// Swaps it with its neighbour; returns where it is then.
Path moveNode(filter::Filter& filter, const Path& path, int steps);
// Puts it into a new group of kind Any at its place.
void wrapNode(filter::Filter& filter, const Path& path);
void setEnabled(filter::Filter& filter, const Path& path, bool enabled);
// filter and node: beside the others if the root is of kind All, else around it.
void require(filter::Filter& filter, filter::Node node);

// "2.1", as in error messages.
QString numberOf(const Path& path);

} // namespace podglass::ui
