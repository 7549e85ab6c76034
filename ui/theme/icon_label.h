// SPDX-License-Identifier: GPL-3.0-or-later
// IconLabel: an icon that stands by itself and follows a change of scheme, which a label's picture
// does not. Thread: the window's.
#pragma once

#include "ui/theme/icon.h"

#include <QLabel>

namespace podglass::theme {

class IconLabel : public QLabel
{
public:
    using QLabel::QLabel;

    // `size`: of a side, in pixels.
    void setIcon(const QIcon& icon, int size);

protected:
    void changeEvent(QEvent* event) override;

private:
    QIcon m_icon;
    int m_size = 0;
};

} // namespace podglass::theme
