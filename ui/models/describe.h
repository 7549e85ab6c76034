// SPDX-License-Identifier: GPL-3.0-or-later
// Rows and states in words, for lists, tool tips and screen readers.
#pragma once

#include "core/store/store.h"

#include <QString>

namespace podglass::models {

QString modeText(store::RowMode mode);    // "Mirrored"
QString modeIcon(const store::Row& row);  // name of an icon of ui/theme
QString stateText(const store::Row& row); // "complete", "cut by the end of the connection"
QString placeText(flow::LossPlace place); // "agent"
QString gapText(flow::GapKind kind);
QString protocolText(flow::Protocol protocol);
QString closeText(flow::CloseReason reason);

// "gRPC", "WebSocket", "TLS"; empty: plain HTTP.
QString kindText(const store::Row& row);
// gRPC, WebSocket, server-sent events: what flows inside is a list.
bool carriesMessages(const store::Row& row);
// "200", "NOT_FOUND"; of a WebSocket or tunnel while it is open "open".
QString statusText(const store::Row& row);

// "POST /cart/items, 201, 12 ms, stolen"
QString sentence(const store::Store& store, store::Number number);

} // namespace podglass::models
