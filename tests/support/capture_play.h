// SPDX-License-Identifier: Apache-2.0
// Reads a capture file through the whole chain into a sink, as podglassctl read does, with whole
// bodies.
#pragma once

#include "core/files/file_source.h"
#include "core/parse/connection_parser.h"
#include "core/reassembly/tracker.h"

#include <limits>
#include <string>

namespace podglass::tests {

// `alsoStreams`: with the bytes on the wire beside messages. False: it could not be read to its
// end.
inline bool playCapture(const std::string& path, flow::EventSink& sink, bool alsoStreams = false)
{
    auto file = files::FileSource::open(path);
    if (!file)
        return false;
    base::Ids exchangeIds;
    base::Ids connectionIds;
    parse::ParserFactory parsers(
        sink, {1}, exchangeIds, {std::numeric_limits<std::uint64_t>::max(), alsoStreams});
    reassembly::Tracker tracker(parsers, connectionIds, reassembly::TrackerOptions::file());
    for (;;) {
        auto packet = file->next();
        if (!packet || !packet->has_value()) {
            tracker.finish();
            return static_cast<bool>(packet);
        }
        tracker.onPacket(**packet);
    }
}

} // namespace podglass::tests
