// SPDX-License-Identifier: Apache-2.0
#include "core/parse/event_output.h"

#include "core/base/limits.h"

#include <algorithm>

namespace podglass::parse {

void EventOutput::stream(flow::Direction direction,
                         std::uint64_t offset,
                         bytes::ByteView data,
                         base::Timestamp at)
{
    while (!data.empty()) {
        const std::size_t length = std::min(data.size(), limits::eventDataBytes);
        emit(flow::StreamData{direction, offset, data.first(length)}, at);
        offset += length;
        data = data.subspan(length);
    }
}

void EventOutput::body(flow::BodyData part, base::Timestamp at)
{
    bytes::ByteView data = part.data;
    while (!data.empty()) {
        part.data = data.first(std::min(data.size(), limits::eventDataBytes));
        emit(part, at);
        part.offset += part.data.size();
        data = data.subspan(part.data.size());
    }
}

} // namespace podglass::parse
