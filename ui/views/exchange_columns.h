// SPDX-License-Identifier: GPL-3.0-or-later
// How wide the columns of the list of requests are, and which of them are there. Thread: the
// window's.
#pragma once

class QTableView;

namespace podglass::models {
class ExchangeModel;
}

namespace podglass::views {

// Once, when the table has its model.
void setUpColumns(QTableView& table);

// A narrow list keeps its columns readable by leaving out the least needed.
void fitColumns(QTableView& table, int width, bool targetsShown);

// The status becomes as wide as what these rows say: the names of gRPC are longer than numbers. Of
// many rows at once the last are asked.
void fitStatus(QTableView& table, const models::ExchangeModel& model, int first, int last);

} // namespace podglass::views
