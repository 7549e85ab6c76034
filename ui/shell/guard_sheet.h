// SPDX-License-Identifier: GPL-3.0-or-later
// GuardSheet: what stands against stealing now, above the list and not over it; the counts go on
// while it is open. Nothing is asked when nothing stands against it. Esc stays in Mirror.
#pragma once

#include "ui/shell/steal_preview.h"

#include <QFrame>

class QLabel;
class QPushButton;

namespace podglass::shell {

struct StealConcerns
{
    QString target;
    bool everything = false; // the filter has no rule
    bool noTaker = false;    // no address to answer at
    bool noPort = false;     // several, and none chosen
    StealPreview preview;
    QStringList others; // who else is at these ports

    [[nodiscard]] bool any() const;
};

class GuardSheet : public QFrame
{
    Q_OBJECT

public:
    explicit GuardSheet(QWidget* parent = nullptr);

    void open(const StealConcerns& concerns);
    // New figures while it is open.
    void update(const StealConcerns& concerns);

signals:
    void withoutProbesRequested(); // add "not a health probe" and steal
    void anywayRequested();
    void portRequested();
    void takerRequested(); // the field for the address
    void filterRequested();
    void closed();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    QPushButton* addButton(const QString& name, const QString& text, void (GuardSheet::*signal)());

    QLabel* m_title;
    QLabel* m_text;
    QPushButton* m_noProbes;
    QPushButton* m_filter;
    QPushButton* m_port;
    QPushButton* m_taker;
    QPushButton* m_anyway;
    QPushButton* m_stay;
};

} // namespace podglass::shell
