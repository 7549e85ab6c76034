// SPDX-License-Identifier: GPL-3.0-or-later
// Choosing what to look at on a host: type, Enter. One search field over one list; the arrow keys
// move in the list while the focus stays in the field. The port is filled in from what the target
// listens on. Thread: the window's.
#pragma once

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QRadioButton;
class QTreeView;

namespace podglass::wire {
struct TargetList;
}

namespace podglass::connect {

class TargetModel;

class TargetPicker : public QWidget
{
    Q_OBJECT

public:
    explicit TargetPicker(QWidget* parent = nullptr);

    void setHost(const QString& name);
    void setTargets(const wire::TargetList& list);
    void setLast(const QString& spec);
    // Attaching did not work: what, where and what to do, under the list.
    void showProblem(const QString& text);
    // Empty search, focus in it; the list says that it is being read until setTargets.
    void begin();

signals:
    // viewOnly: this window must not steal.
    void attachWanted(const QString& spec, quint16 port, bool viewOnly);
    void refreshWanted();
    void cancelWanted();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildHead();
    void buildFoot();
    void onSearch(const QString& text);
    void onCurrent();
    void accept();
    void updateStatus();
    void selectFirst();

    TargetModel* m_model = nullptr;
    QLabel* m_title = nullptr;
    QLineEdit* m_search = nullptr;
    QPushButton* m_refresh = nullptr;
    QTreeView* m_view = nullptr;
    QLabel* m_status = nullptr;
    QComboBox* m_port = nullptr;
    QRadioButton* m_mirror = nullptr;
    QRadioButton* m_viewOnly = nullptr;
    QPushButton* m_attach = nullptr;
    QPushButton* m_cancel = nullptr;
    QLabel* m_problem = nullptr;
    QString m_note;
    bool m_reading = true;
};

} // namespace podglass::connect
