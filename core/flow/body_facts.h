// SPDX-License-Identifier: Apache-2.0
// What accounting counts, by the kind of an event's body: said once for who offers (the agent) and
// who adds up what came (its clients). Source: event.h.
#pragma once

#include "core/flow/event.h"

#include <type_traits>

namespace podglass::flow {

// Data of a body or a stream.
template <typename T>
inline constexpr bool isData = std::is_same_v<T, BodyData> || std::is_same_v<T, StreamData>;

// See flow::beginsMessage().
template <typename T>
inline constexpr bool beginsMessageAs =
    std::is_same_v<T, RequestHead> || std::is_same_v<T, ConnectionOpened>;

// See flow::payloadBytes().
template <typename T>
std::uint64_t payloadOf(const T& body)
{
    if constexpr (isData<T>)
        return body.data.size();
    else if constexpr (std::is_same_v<T, RequestHead> || std::is_same_v<T, ResponseHead>)
        return body.raw.size();
    else
        return 0;
}

} // namespace podglass::flow
