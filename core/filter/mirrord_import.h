// SPDX-License-Identifier: Apache-2.0
// Reads the `http_filter` of a mirrord configuration, so that users who come from there keep what
// they have. Its look-ahead idioms become NOT groups; what cannot be said is reported line by line.
// Source: the mirrord configuration reference, feature.network.incoming.http_filter.
#pragma once

#include "core/base/result.h"
#include "core/filter/filter.h"

#include <string>
#include <string_view>
#include <vector>

namespace podglass::filter {

struct ImportNote
{
    std::string item;    // "all_of 2, header"
    std::string message; // plain words
    bool lost = false;   // this part is not in the filter
};

struct MirrordImport
{
    Filter filter;
    std::vector<ImportNote> notes;
};

// `json`: the http_filter object, or a whole configuration (comments allowed).
base::Result<MirrordImport> importMirrord(std::string_view json);

} // namespace podglass::filter
