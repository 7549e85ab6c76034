// SPDX-License-Identifier: GPL-3.0-or-later
// A thin bar: what share of the sample matches. Decoration; the numbers stand beside it.
#pragma once

#include <QWidget>

namespace podglass::ui {

class ShareBar : public QWidget
{
    Q_OBJECT

public:
    explicit ShareBar(QWidget* parent = nullptr);

    void setShare(double share); // 0 to 1

    [[nodiscard]] QSize sizeHint() const override { return {160, 8}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    double m_share = 0;
};

} // namespace podglass::ui
