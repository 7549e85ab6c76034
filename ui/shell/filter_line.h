// SPDX-License-Identifier: GPL-3.0-or-later
// FilterLine: the view filter as text. Valid text applies after 150 ms without a key; text that is
// wrong keeps the last good filter and says what is wrong, where. Esc clears the error, then the
// filter.
#pragma once

#include "core/filter/filter.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QLineEdit;

namespace podglass::shell {

class FilterLine : public QWidget
{
    Q_OBJECT

public:
    explicit FilterLine(QWidget* parent = nullptr);

    void setFilter(const filter::Filter& filter);

    [[nodiscard]] const filter::Filter& filter() const { return m_filter; }

    void setCounts(std::uint64_t shown, std::uint64_t all);
    void focusText();

signals:
    void filterChanged();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void read();

    QLineEdit* m_text;
    QLabel* m_words;
    QLabel* m_counts;
    QTimer m_idle;
    filter::Filter m_filter;
};

} // namespace podglass::shell
