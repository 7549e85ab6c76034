// SPDX-License-Identifier: GPL-3.0-or-later
// AttachChoice: below the list of targets, how the one that is current is attached: container,
// port, whether this window may steal; and the buttons that do it or not. Thread: the window's.
#pragma once

#include "ui/connect/place.h"

#include <optional>

#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;
class QRadioButton;

namespace podglass::connect {

class AttachChoice : public QWidget
{
    Q_OBJECT

public:
    explicit AttachChoice(QWidget* parent = nullptr);

    // Null: nothing is current. What was chosen for a place stays while it only changes its state.
    void setPlace(const Place* place);
    // False: what is followed beside another target is only looked at.
    void offerStealing(bool offered);
    // For a target that listens nowhere that we know of: the port is the user's to say.
    void askForPort();

    [[nodiscard]] quint16 port() const; // 0: none is named
    [[nodiscard]] bool viewOnly() const;

signals:
    void attachWanted();
    void cancelWanted();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildFields();
    void buildModes();
    void fillContainers();
    void fillPorts();
    void updateAttach();

    QLabel* m_containerLabel;
    QComboBox* m_container;
    QComboBox* m_port;
    QRadioButton* m_mirror;
    QRadioButton* m_viewOnly;
    QPushButton* m_cancel;
    QPushButton* m_attach;
    std::optional<Place> m_place;
};

} // namespace podglass::connect
