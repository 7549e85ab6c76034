// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_axis.h"

#include <array>
#include <cmath>

namespace podglass::charts {

namespace {

bool isBinary(Unit unit)
{
    return unit == Unit::Bytes || unit == Unit::BytesPerSecond;
}

} // namespace

UnitTicker::UnitTicker(Unit unit)
    : m_unit(unit)
{
    setTickCount(3);
}

double UnitTicker::getTickStep(const QCPRange& range)
{
    if (!isBinary(m_unit)) {
        return QCPAxisTicker::getTickStep(range);
    }
    return std::exp2(std::floor(std::log2(std::max(range.size() / 2, 1.0))));
}

int UnitTicker::getSubTickCount(double)
{
    return 0;
}

QString UnitTicker::getTickLabel(double tick, const QLocale& locale, QChar, int)
{
    if (tick == 0) {
        return locale.toString(0);
    }
    if (isBinary(m_unit)) {
        const bool whole = tick < 1024 || std::fmod(tick, 1024) == 0;
        return locale.formattedDataSize(static_cast<qint64>(tick), whole && tick < 1e15 ? 0 : 1);
    }
    return m_unit == Unit::Share ? valueText(tick, m_unit) : locale.toString(tick, 'g', 4);
}

double roundTop(double value, Unit unit)
{
    if (!(value > 0)) {
        return 1;
    }
    if (isBinary(unit)) {
        const double power = std::exp2(std::floor(std::log2(value)));
        for (const double step : std::array{1.0, 1.5, 2.0}) {
            if (value <= power * step) {
                return power * step;
            }
        }
    }
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double step : std::array{1.0, 2.0, 3.0, 5.0, 10.0}) {
        if (value <= power * step) {
            return power * step;
        }
    }
    return power * 10;
}

} // namespace podglass::charts
