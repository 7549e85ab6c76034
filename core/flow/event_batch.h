// SPDX-License-Identifier: Apache-2.0
// EventBatch: decoded events and the frame bytes they borrow from, moved between threads as one.
#pragma once

#include "core/bytes/slice.h"
#include "core/flow/event.h"

#include <algorithm>
#include <deque>
#include <span>
#include <vector>

namespace podglass::flow {

struct EventBatch
{
    std::vector<bytes::Slice> storage;               // what the views below point into
    std::deque<std::vector<HeaderField>> fieldLists; // deque: addresses stay
    std::vector<Event> events;
    std::size_t cost = 0; // bytes held, for the limit of the queue

    // `count` fields at a place that stays; many lists share one piece of memory.
    std::span<HeaderField> makeFields(std::size_t count)
    {
        constexpr std::size_t together = 256;
        if (fieldLists.empty() || fieldLists.back().capacity() - fieldLists.back().size() < count)
            fieldLists.emplace_back().reserve(std::max(count, together));
        std::vector<HeaderField>& list = fieldLists.back();
        list.resize(list.size() + count); // there is room: nothing moves
        return std::span(list).last(count);
    }
};

} // namespace podglass::flow
