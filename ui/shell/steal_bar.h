// SPDX-License-Identifier: GPL-3.0-or-later
// StealBar: while stealing, the banner "STEALING from X" with its way out; and, when steal is
// possible, the strip with the steal filter in words, how many of the last requests it takes, and
// who answers. Plain text.
#pragma once

#include "core/filter/filter.h"
#include "core/session/session.h"

#include "ui/shell/steal_preview.h"

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

    // Where stolen requests are answered; nothing when the field holds no address.
    [[nodiscard]] std::optional<session::Taker> taker() const;
    void setTakerText(const QString& text);
    [[nodiscard]] QString takerText() const;
    void focusTaker();
    void focusPort();

signals:
    void stopRequested();
    void editRequested();
    void takerChanged();
    void portChosen(quint16 port);

private:
    QWidget* makeBanner();
    QWidget* makeStrip();
    void checkTaker();

    QFrame* m_banner;
    QLabel* m_stealing;
    QLabel* m_summary;
    QFrame* m_strip;
    QLabel* m_words;
    QLabel* m_count;
    QLabel* m_portLabel;
    QComboBox* m_port;
    QLineEdit* m_taker;
};

} // namespace podglass::shell
