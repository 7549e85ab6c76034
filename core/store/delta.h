// SPDX-License-Identifier: Apache-2.0
// Delta: what changed in a numbered list since the last take; all that models ever see of a change.
// Replaying Deltas on a shadow list gives the store's list (tested).
#pragma once

#include "core/store/row.h"

#include <vector>

namespace podglass::store {

struct Delta
{
    Number first = 1;        // rows below are gone
    Number appendedFrom = 1; // rows [appendedFrom, end) are new
    Number end = 1;
    std::vector<Number> changed; // sorted, unique, older than appendedFrom

    [[nodiscard]] bool empty() const { return appendedFrom == end && changed.empty() && !dropped; }

    bool dropped = false; // `first` moved
};

// Collects changes between two takes.
class DeltaLog
{
public:
    void changed(Number number);
    // `first` and `end` as they are now.
    Delta take(Number first, Number end);

private:
    std::vector<Number> m_changed;
    Number m_first = 1;
    Number m_end = 1;
};

} // namespace podglass::store
