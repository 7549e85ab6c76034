// SPDX-License-Identifier: GPL-3.0-or-later
// A filter tried on a sample, by the evaluator that the agent runs. Cheap enough for the window's
// thread (budget 16 ms for 500 requests; measured in tst_filter_editor).
#pragma once

#include "ui/filter/sample.h"

#include <memory>
#include <vector>

namespace podglass::ui {

struct Preview
{
    std::shared_ptr<const filter::CompiledFilter> filter; // null: nothing could be compiled yet
    filter::Tally tally;
    std::vector<std::size_t> matched; // indices into the sample
    std::vector<std::size_t> notMatched;
    std::size_t probes = 0; // health probes among the matched
};

Preview makePreview(std::shared_ptr<const filter::CompiledFilter> filter, const Sample& sample);

} // namespace podglass::ui
