// SPDX-License-Identifier: GPL-3.0-or-later
// The picker on a cluster: its changes, and what of it is not shown.
#include "ui/connect/namespace_choice.h"
#include "ui/connect/place_model.h"
#include "ui/connect/place_text.h"
#include "ui/connect/start_places.h"
#include "ui/connect/target_picker.h"

#include <QLabel>
#include <QLocale>

namespace podglass::connect {

namespace {

constexpr const char* clusterSource = "clusters";
constexpr int shownRefusals = 3; // of a thousand namespaces a thousand may be refused

} // namespace

void TargetPicker::addContexts(const QString& bastion,
                               const std::vector<kubernetes::Context>& contexts)
{
    std::vector<Place> places = placesOf(contexts);
    for (Place& place : places) {
        place.spec = "ssh://" + bastion.toStdString() + "/" + place.spec;
        place.key += "|" + bastion.toStdString();
        place.detail += tr(", through kubectl on this host").toStdString();
    }
    m_model->replace(clusterSource, std::move(places));
    updateStatus();
}

void TargetPicker::beginCluster(const QString& context)
{
    m_cluster = ClusterPlaces(context.toStdString());
    setHost(context);
    m_namespaces->clearChoice();
    begin();
}

// Each as long as it holds, not only in the change that brought it.
QString TargetPicker::whatIsMissing(const kubernetes::Delta& delta)
{
    for (const kubernetes::Refusal& refusal : delta.refused)
        m_refusals << tr("no right to %1 %2 in %3")
                          .arg(shownText(refusal.verb),
                               shownText(refusal.resource),
                               refusal.nameSpace.empty() ? tr("all namespaces: name one (Alt+N)")
                                                         : shownText(refusal.nameSpace));
    QStringList notes = m_refusals.mid(0, shownRefusals);
    if (m_refusals.size() > shownRefusals)
        notes << tr(
            "%n more refused", nullptr, static_cast<int>(m_refusals.size()) - shownRefusals);
    if (delta.skipped != 0)
        notes << tr("%1 more are not shown").arg(QLocale().toString(qulonglong(delta.skipped)));
    if (delta.following == kubernetes::Following::Live && !delta.error.what.empty())
        notes << shownText(delta.error.what);
    if (delta.merged != 0)
        notes << tr("this window was late: %1 changes were merged into later ones, only the last "
                    "state of each pod was shown")
                     .arg(QLocale().toString(qulonglong(delta.merged)));
    return notes.join(QStringLiteral("; "));
}

void TargetPicker::applyCluster(const kubernetes::Delta& delta)
{
    ClusterPlaces::Change change = m_cluster.apply(delta);
    for (const auto& [key, user] : change.users) {
        if (const Place* known = m_model->index().find(key)) {
            Place place = *known;
            place.inUse = user;
            change.put.push_back(std::move(place));
        }
    }
    m_reading = delta.following == kubernetes::Following::Listing;
    m_note = whatIsMissing(delta);
    using kubernetes::Following;
    const bool failed =
        delta.following == Following::Waiting || delta.following == Following::Stopped;
    m_problem->setText(failed ? shownText(delta.error.text()) : QString());
    m_problem->setVisible(failed);
    if (!change.gone.empty())
        m_model->remove(change.gone);
    m_model->put(std::move(change.put));
    m_namespaces->show();
    updateStatus();
}

} // namespace podglass::connect
