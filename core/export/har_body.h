// SPDX-License-Identifier: Apache-2.0
// A body as HAR wants it: as text where it is some, its content codings undone, else in base64;
// with a word on what is not here. Thread: none of its own.
#pragma once

#include "core/store/content.h"

#include <string>

namespace podglass::exporting {

struct HarBody
{
    std::string text;       // UTF-8, or base64
    bool base64 = false;    //
    std::uint64_t size = 0; // decoded, as far as known
    std::uint64_t wire = 0; // as sent
    bool whole = true;      // nothing of it is missing here
    std::string comment;    // why something is missing or is as sent; empty: nothing is
};

HarBody harBody(const store::Message& message);

} // namespace podglass::exporting
