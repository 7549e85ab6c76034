// SPDX-License-Identifier: Apache-2.0
// Any text as a mirrord configuration: refused in words, or a filter that compiles.
#include "core/bytes/view.h"
#include "core/filter/evaluate.h"
#include "core/filter/mirrord_import.h"

#include <cstdlib>

using namespace podglass;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto result = filter::importMirrord(bytes::asText({data, size}));
    if (!result) {
        if (result.error().what.empty())
            std::abort();
        return 0;
    }
    const filter::Filter& tree = result.value().filter;
    if (!filter::CompiledFilter::compile(tree, filter::Use::Steal) && tree.children.size() < 200)
        std::abort();
    return 0;
}
