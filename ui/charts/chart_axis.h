// SPDX-License-Identifier: GPL-3.0-or-later
// Axis labels in the units of the plots: few, round, in the user's language.
#pragma once

#include "ui/charts/plot_spec.h"

#include <qcustomplot.h>

namespace podglass::charts {

// Ticks at powers of two for bytes, at 1, 2, 5 times powers of ten otherwise.
class UnitTicker : public QCPAxisTicker
{
public:
    explicit UnitTicker(Unit unit);

protected:
    double getTickStep(const QCPRange& range) override;
    int getSubTickCount(double tickStep) override;
    QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override;

private:
    Unit m_unit;
};

// The next round number from `value` up, so that a scale changes seldom.
double roundTop(double value, Unit unit);

} // namespace podglass::charts
