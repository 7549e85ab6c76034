// SPDX-License-Identifier: GPL-3.0-or-later
// DeliveryDialog: how much of what the agent sees is sent to this window: limits of bodies, a
// sample of the connections, a cap on the rate, and what happens when the window is too slow.
// Values in and out; the words of what is in force are for the status line.
#pragma once

#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> of GCC 12
#include "core/wire/message.h"
#endif

#include <QDialog>

class QComboBox;
class QSpinBox;

namespace podglass::shell {

// "sampling 1 in 10 connections, bodies cut at 64 KiB"; empty: everything is delivered.
QString deliveryText(const wire::SetDelivery& wish);

class DeliveryDialog : public QDialog
{
    Q_OBJECT

public:
    explicit DeliveryDialog(const wire::SetDelivery& now, QWidget* parent = nullptr);

    // Target and port are the caller's to fill in.
    [[nodiscard]] wire::SetDelivery wish() const;

private:
    QSpinBox* number(const char* name, const QString& none, const QString& unit, int most);

    QSpinBox* m_request;
    QSpinBox* m_response;
    QSpinBox* m_sample;
    QSpinBox* m_rate;
    QComboBox* m_lag;
};

} // namespace podglass::shell
