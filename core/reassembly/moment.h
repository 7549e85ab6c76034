// SPDX-License-Identifier: Apache-2.0
// Moment: when something happens, on both clocks: the capture's, for showing, and the one that
// ages and patience are measured with (monotonic when live; derived from the capture in files).
#pragma once

#include "core/base/time.h"

namespace podglass::reassembly {

struct Moment
{
    base::Timestamp at;
    base::Instant now;
};

} // namespace podglass::reassembly
