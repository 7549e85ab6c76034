// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/kind_chips.h"

#include "ui/connect/place_index.h"
#include "ui/connect/place_text.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QPushButton>

namespace podglass::connect {

KindChips::KindChips(QWidget* parent)
    : QWidget(parent)
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::gapSmall);
    for (std::size_t i = 0; i < placeGroups; ++i) {
        auto* chip = new QPushButton(this);
        chip->setObjectName(QStringLiteral("kindChip%1").arg(i));
        chip->setProperty("kind", "choice");
        chip->setCheckable(true);
        chip->setAutoDefault(false);
        chip->hide();
        row->addWidget(chip);
        m_chips.at(i) = chip;
        connect(chip, &QPushButton::toggled, this, &KindChips::chosenChanged);
    }
}

void KindChips::setCounts(const PlaceIndex& index)
{
    int kinds = 0;
    for (std::size_t i = 0; i < placeGroups; ++i)
        kinds += index.count(static_cast<PlaceGroup>(i)) != 0 ? 1 : 0;
    for (std::size_t i = 0; i < placeGroups; ++i) {
        const auto group = static_cast<PlaceGroup>(i);
        const std::size_t count = index.count(group);
        QPushButton* chip = m_chips.at(i);
        const QString text = QStringLiteral("%1 %2").arg(
            groupName(group), QLocale().toString(static_cast<qulonglong>(count)));
        if (chip->text() != text) {
            chip->setText(text);
            chip->setAccessibleName(tr("Show only: %1").arg(text));
        }
        // With one kind there is nothing to choose; a choice that is in force stays in sight.
        chip->setVisible((count != 0 && kinds > 1) || chip->isChecked());
    }
}

void KindChips::clearChoice()
{
    for (QPushButton* chip : m_chips)
        chip->setChecked(false);
}

std::bitset<placeGroups> KindChips::chosen() const
{
    std::bitset<placeGroups> groups;
    for (std::size_t i = 0; i < placeGroups; ++i)
        groups.set(i, m_chips.at(i)->isChecked());
    return groups;
}

} // namespace podglass::connect
