// SPDX-License-Identifier: GPL-3.0-or-later
// Choosing what to look at: type, Enter. One search field over one list, of a host's targets and of
// a cluster's workloads and pods; the arrow keys move in the list while the focus stays in the
// field. Container and port are filled in from what the target declares or listens on.
// Thread: the window's.
#pragma once

#include "core/base/result.h" // moc of Qt 6.4 cannot read <compare> as the first header

#include "ui/connect/cluster_places.h"
#include "ui/connect/place.h"

#include <QStringList>
#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;

namespace podglass::wire {
struct TargetList;
}

namespace podglass::connect {

class AttachChoice;
class KindChips;
class NamespaceChoice;
class PlaceModel;

class TargetPicker : public QWidget
{
    Q_OBJECT

public:
    explicit TargetPicker(QWidget* parent = nullptr);

    // Whose targets are listed from now on; those of another are forgotten.
    void setHost(const QString& name);
    void setTargets(const wire::TargetList& list);
    // Clusters that the host's own kubectl reaches; choosing one is told by its address.
    void addContexts(const QString& bastion, const std::vector<kubernetes::Context>& contexts);
    // A cluster is listed instead of a host; everything before is forgotten.
    void beginCluster(const QString& context);
    void applyCluster(const kubernetes::Delta& delta);
    // What the target is chosen for: to be followed beside the one of this name; empty: by itself.
    void setBeside(const QString& name);
    // Specs of targets used on this host or cluster, the last one first.
    void setRecent(const QStringList& specs);
    void setLast(const QString& spec);
    // Attaching did not work: what, where and what to do, under the list.
    void showProblem(const QString& text);
    // Empty search, focus in it; says that the list is being read until setTargets. What was read
    // before can be chosen meanwhile.
    void begin();

signals:
    // viewOnly: this window must not steal.
    void attachWanted(const QString& spec, quint16 port, bool viewOnly);
    void refreshWanted();
    void cancelWanted();
    // A namespace that could not be listed was named.
    void namespaceWanted(const QString& name);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildHead();
    void buildList();
    void buildFoot();
    void onSearch(const QString& text);
    void onPublished();
    void onCurrent();
    void showColumns();
    void accept();
    void attachCurrent();
    void showTitle(const QString& beside);
    QString whatIsMissing(const kubernetes::Delta& delta);
    void updateStatus();
    void selectFirst();
    [[nodiscard]] const Place* current() const;

    PlaceModel* m_model = nullptr;
    QLabel* m_title = nullptr;
    QLineEdit* m_search = nullptr;
    QPushButton* m_refresh = nullptr;
    KindChips* m_kinds = nullptr;
    NamespaceChoice* m_namespaces = nullptr;
    QTableView* m_view = nullptr;
    QLabel* m_status = nullptr;
    QLabel* m_problem = nullptr;
    AttachChoice* m_choice = nullptr;
    ClusterPlaces m_cluster;
    QString m_host;
    QString m_note;
    QStringList m_refusals; // of this cluster
    bool m_reading = true;
    bool m_chosen = false;    // somebody moved in the list: what is found later moves nothing
    bool m_attachDue = false; // Enter was pressed while the search still ran
};

} // namespace podglass::connect
