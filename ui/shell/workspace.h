// SPDX-License-Identifier: GPL-3.0-or-later
// Workspace: what stands behind one window, wired in order: store, view, models, feed, attachment.
// Made by main (or a test) over a queue of updates and a Link; outlives the window.
#pragma once

#include "core/store/store.h"
#include "core/store/view.h"

#include "ui/bridge/attachment.h"
#include "ui/bridge/feed.h"
#include "ui/bridge/link.h"
#include "ui/models/connection_model.h"
#include "ui/models/exchange_model.h"

namespace podglass::shell {

class Workspace
{
public:
    Workspace(session::Updates& updates, bridge::Link& link);

    store::Store store;
    store::View view;
    models::ExchangeModel exchanges;
    models::ConnectionModel connections;
    bridge::Feed feed;
    bridge::Link& link;
    bridge::Attachment attachment;
};

} // namespace podglass::shell
