// SPDX-License-Identifier: GPL-3.0-or-later
// KindChips: one button for each kind of place that there is, with its number; those that are down
// are shown, none down: all. Thread: the window's.
#pragma once

#include "ui/connect/place.h"

#include <array>
#include <bitset>

#include <QWidget>

class QPushButton;

namespace podglass::connect {

class PlaceIndex;

class KindChips : public QWidget
{
    Q_OBJECT

public:
    explicit KindChips(QWidget* parent = nullptr);

    void setCounts(const PlaceIndex& index);
    void clearChoice();

    [[nodiscard]] std::bitset<placeGroups> chosen() const;

signals:
    void chosenChanged();

private:
    std::array<QPushButton*, placeGroups> m_chips{};
};

} // namespace podglass::connect
