// SPDX-License-Identifier: GPL-3.0-or-later
// TimingBar: request, waiting, response as one bar with its figures. The words carry it all.
#pragma once

#include "ui/models/exchange_detail.h"

#include <QWidget>

namespace podglass::views {

class TimingBar : public QWidget
{
    Q_OBJECT

public:
    explicit TimingBar(QWidget* parent = nullptr);

    void setDetail(const models::ExchangeDetail& detail);

    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    quint64 m_parts[3] = {0, 0, 0};
    QString m_text;
};

} // namespace podglass::views
