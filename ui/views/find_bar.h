// SPDX-License-Identifier: GPL-3.0-or-later
// FindBar: finds a text in a read-only text view: all matches are marked, one is current. Hidden
// until open(); Esc or its button closes it. Finds in what is shown, and says so where that is a
// part.
#pragma once

#include <QPointer>
#include <QWidget>

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QToolButton;

namespace podglass::views {

class FindBar : public QWidget
{
    Q_OBJECT

public:
    explicit FindBar(QPlainTextEdit* text, QWidget* parent = nullptr);

    void open();
    // The next (+1) or previous (-1) match; opens when it is closed.
    void step(int direction);
    // The text has changed; `part`: more of it could be shown.
    void refresh(bool part);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void close();
    void search();
    void mark();

    QPlainTextEdit* m_text;
    QLineEdit* m_edit;
    QLabel* m_count;
    QVector<int> m_matches; // where they begin
    qsizetype m_current = -1;
    bool m_more = false; // matches than are counted
    bool m_part = false;
};

} // namespace podglass::views
