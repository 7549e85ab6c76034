// SPDX-License-Identifier: GPL-3.0-or-later
// ModeControl: Off | Mirror | Steal as one segmented control. Shows what is in force; a click asks.
#pragma once

#include "core/session/update.h"

#include <QWidget>

class QButtonGroup;

namespace podglass::shell {

class ModeControl : public QWidget
{
    Q_OBJECT

public:
    explicit ModeControl(QWidget* parent = nullptr);

    void setMode(wire::Mode mode);
    // `lacking`: why steal is not possible; empty when it is.
    void setAvailable(bool attached, const QString& lacking);

signals:
    void modeRequested(podglass::wire::Mode mode);

private:
    void add(wire::Mode mode,
             const QString& name,
             const QString& icon,
             const QString& tip,
             const char* segment);

    QButtonGroup* m_group;
    QString m_stealTip;
    wire::Mode m_mode = wire::Mode::Off;
};

} // namespace podglass::shell
