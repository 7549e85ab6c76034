// SPDX-License-Identifier: Apache-2.0
// EventBatch: decoded events and the frame bytes they borrow from, moved between threads as one.
#pragma once

#include "core/bytes/slice.h"
#include "core/flow/event.h"

#include <deque>
#include <vector>

namespace podglass::flow {

struct EventBatch
{
    std::vector<bytes::Slice> storage;               // what the views below point into
    std::deque<std::vector<HeaderField>> fieldLists; // deque: addresses stay
    std::vector<Event> events;
    std::size_t cost = 0; // bytes held, for the limit of the queue
};

} // namespace podglass::flow
