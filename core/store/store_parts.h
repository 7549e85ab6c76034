// SPDX-License-Identifier: Apache-2.0
// What the parts of Store share. Private to core/store.
#pragma once

#include "core/flow/event.h"
#include "core/store/row.h"

#include <algorithm>
#include <limits>

namespace podglass::store {

inline std::uint32_t saturate(std::uint64_t value)
{
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(value, std::numeric_limits<std::uint32_t>::max()));
}

inline RowMode modeOf(flow::Origin origin)
{
    switch (origin) {
    case flow::Origin::Mirror:
        return RowMode::Mirror;
    case flow::Origin::Steal:
        return RowMode::Passed;
    case flow::Origin::File:
        return RowMode::File;
    }
    return RowMode::Mirror;
}

} // namespace podglass::store
