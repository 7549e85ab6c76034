// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filter/preview.h"

namespace podglass::ui {

Preview makePreview(std::shared_ptr<const filter::CompiledFilter> filter, const Sample& sample)
{
    Preview preview;
    for (std::size_t i = 0; i < sample.size(); ++i) {
        const bool matched = filter->tally(sample.subject(i), preview.tally);
        (matched ? preview.matched : preview.notMatched).push_back(i);
        if (matched && sample.isProbe(i))
            ++preview.probes;
    }
    preview.filter = std::move(filter);
    return preview;
}

} // namespace podglass::ui
