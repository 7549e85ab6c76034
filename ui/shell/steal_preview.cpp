// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/steal_preview.h"

#include "core/base/limits.h"
#include "core/filter/presets.h"

namespace podglass::shell {

StealPreview
previewSteal(const store::Store& store, const filter::CompiledFilter& filter, std::uint16_t port)
{
    StealPreview preview;
    std::vector<flow::HeaderField> scratch;
    const auto& rows = store.rows();
    // Rows of losses between are passed over; a bound keeps the walk short in any case.
    constexpr store::Number furthest = limits::previewSample * 4;
    const store::Number stop = rows.end() - std::min(furthest, rows.end() - rows.first());
    for (store::Number number = rows.end();
         number > stop && preview.sampled < int{limits::previewSample};) {
        --number;
        if (rows.at(number)->kind != store::RowKind::Exchange || rows.contentOf(number) == nullptr
            || (port != 0 && rows.at(number)->port != port))
            continue;
        ++preview.sampled;
        const filter::Subject subject = store.subject(number, scratch);
        if (!filter.matches(subject))
            continue;
        ++preview.matching;
        preview.probes += filter::looksLikeProbe(subject.fields) ? 1 : 0;
    }
    return preview;
}

} // namespace podglass::shell
