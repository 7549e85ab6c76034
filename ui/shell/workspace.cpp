// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/workspace.h"

namespace podglass::shell {

Workspace::Workspace(session::Updates& updates, bridge::Link& commands)
    : store({.historyBytes = limits::storeHistoryBytes})
    , view(store)
    , exchanges(store, view)
    , connections(store)
    , feed(updates, store, view, connections)
    , link(commands)
    , attachment(commands, feed)
{
    QObject::connect(
        &exchanges, &models::ExchangeModel::workStarted, &feed, &bridge::Feed::startWork);
}

} // namespace podglass::shell
