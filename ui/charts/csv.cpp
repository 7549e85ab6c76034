// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/csv.h"

#include <QDateTime>
#include <QTextStream>

namespace podglass::charts {

QString toCsv(std::span<const ChartSample> samples, const std::vector<PlotSpec>& specs)
{
    QString csv;
    QTextStream out(&csv);
    out << "time_utc";
    for (const auto& spec : specs) {
        for (const auto& series : spec.series) {
            out << ',' << series.column;
        }
    }
    out << "\r\n";
    for (const auto& sample : samples) {
        const auto at = QDateTime::fromMSecsSinceEpoch(sample.at.nanoseconds / 1'000'000, Qt::UTC);
        out << at.toString(Qt::ISODateWithMs);
        for (const auto& spec : specs) {
            for (const auto& series : spec.series) {
                out << ',' << QString::number(sample.*series.value, 'g', 12);
            }
        }
        out << "\r\n";
    }
    out.flush();
    return csv;
}

} // namespace podglass::charts
