// SPDX-License-Identifier: GPL-3.0-or-later
// The text form of a filter, two-way. Valid text is told at once; invalid text is kept, the wrong
// place underlined and named. A pasted mirrord http_filter is offered for import.
#pragma once

#include "core/filter/text.h"

#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace podglass::ui {

class TextPage : public QWidget
{
    Q_OBJECT

public:
    explicit TextPage(filter::Use use, QWidget* parent = nullptr);

    // Leaves the text alone if it means this filter already.
    void showFilter(const filter::Filter& filter);
    void focusText();

    [[nodiscard]] bool isValid() const { return m_valid; }

signals:
    void edited(const podglass::filter::Filter& filter);
    void validityChanged();

private:
    void check();
    void showError(const filter::TextError& error);
    void showFine(const QString& note);
    void import();

    filter::Use m_use;
    QPlainTextEdit* m_edit;
    QLabel* m_message;
    QPushButton* m_import;
    bool m_valid = true;
};

} // namespace podglass::ui
