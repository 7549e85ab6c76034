// SPDX-License-Identifier: GPL-3.0-or-later
// What a steal filter would have taken of the last requests; the same evaluator as the agent's.
#pragma once

#include "core/filter/evaluate.h"
#include "core/store/store.h"

namespace podglass::shell {

struct StealPreview
{
    int sampled = 0;
    int matching = 0;
    int probes = 0; // health probes among those matching
};

// Looks at the last limits::previewSample requests to `port` (0: any) whose heads are kept.
StealPreview
previewSteal(const store::Store& store, const filter::CompiledFilter& filter, std::uint16_t port);

} // namespace podglass::shell
