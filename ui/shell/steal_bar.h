// SPDX-License-Identifier: GPL-3.0-or-later
// StealBar: while stealing, the banner "STEALING from X" with its way out; and, when steal is
// possible, the strip with the steal filter in words, how many of the last requests it takes, and
// who answers. Plain text.
#pragma once

#include "core/filter/filter.h"

#include "ui/shell/steal_preview.h"
#include "ui/shell/taker_dialog.h"

#include <QVector>
#include <QWidget>

class QComboBox;
class QFrame;
class QLabel;
class QLineEdit;
class QPushButton;

namespace podglass::shell {

class StealBar : public QWidget
{
    Q_OBJECT

public:
    explicit StealBar(QWidget* parent = nullptr);

    // Empty: not stealing.
    void setStealingFrom(const QString& target, const QString& filterWords);
    void setFilter(const QString& words, bool everything, bool applied);
    void setPreview(const StealPreview& preview);
    void setStripVisible(bool visible);
    // The ports to choose from; a choice is offered when there are several. 0: none chosen.
    void setPorts(const QVector<quint16>& ports, quint16 chosen);

    // Who answers stolen requests; nothing when it is an address and the field holds none.
    [[nodiscard]] std::optional<session::Taker> taker() const;

    [[nodiscard]] wire::OnTakerFailure onFailure() const { return m_choice.onFailure; }

    void setChoice(const TakerChoice& choice);

    [[nodiscard]] const TakerChoice& choice() const { return m_choice; }

    void focusTaker();
    void editTaker();

    // Connections from before that can be ended; 0: there is nothing to end.
    void setOld(quint32 count);
    // A certificate is chosen.
    void setTls(bool chosen);

    // Requests that wait for a person.
    void setHeld(int count);
    void focusPort();

signals:
    void stopRequested();
    void editRequested();
    void takerChanged();
    void heldRequested();
    void rulesRequested();
    void tlsRequested();
    void endOldRequested();
    void portChosen(quint16 port);

private:
    QWidget* makeBanner();
    QWidget* makeStrip();
    void checkTaker();
    void readField();
    void showChoice();

    QFrame* m_banner;
    QLabel* m_stealing;
    QLabel* m_summary;
    QFrame* m_strip;
    QLabel* m_words;
    QLabel* m_count;
    QLabel* m_portLabel;
    QComboBox* m_port;
    QLabel* m_takerLabel;
    QLineEdit* m_taker;
    QLabel* m_takerWords;
    QPushButton* m_heldButton;
    QPushButton* m_old;
    QPushButton* m_tls;
    TakerChoice m_choice;
};

} // namespace podglass::shell
