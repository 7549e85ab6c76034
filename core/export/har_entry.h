// SPDX-License-Identifier: Apache-2.0
// One exchange of the store as an entry of a HAR 1.2 log (the W3C draft of 2012 and what browsers
// write): heads, bodies, timings; messages of a WebSocket as browsers do (_webSocketMessages). What
// is missing stands in "comment", never silently. Values of fields that carry secrets are "***"
// unless revealed, also among cookies. Thread: the store's.
#pragma once

#include "core/export/json_text.h"
#include "core/export/secrets.h"
#include "core/store/store.h"

namespace podglass::exporting {

// What a log leaves out, for its reader and for who exports.
struct HarFigures
{
    std::uint64_t entries = 0;
    std::uint64_t masked = 0;      // values
    std::uint64_t bodiesCut = 0;   // of these not every byte is here
    std::uint64_t withoutData = 0; // heads and bodies were dropped to stay within the budget
};

// `number`: a row of RowKind::Exchange that is there.
void appendHarEntry(JsonText& json,
                    const store::Store& store,
                    store::Number number,
                    Secrets secrets,
                    HarFigures& figures);

} // namespace podglass::exporting
