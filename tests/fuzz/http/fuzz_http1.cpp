// SPDX-License-Identifier: Apache-2.0
// Http1Parser on any bytes: the first byte chooses side and cut; what it consumes never exceeds
// what it was given, views stay inside the input, and the rest it asks to keep stays bounded.
#include "core/base/limits.h"
#include "core/parse/http1_parser.h"

#include <cstdlib>
#include <vector>

using podglass::bytes::ByteView;
using podglass::parse::Http1Item;
using podglass::parse::Http1Parser;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

bool inside(ByteView part, ByteView whole)
{
    return part.empty()
           || (part.data() >= whole.data()
               && part.data() + part.size() <= whole.data() + whole.size());
}

// Reads as much of `rest` as it can and drops it; false when nothing more will come.
bool readAll(Http1Parser& parser, std::vector<std::uint8_t>& rest)
{
    std::size_t used = 0;
    for (;;) {
        const ByteView input = ByteView(rest).subspan(used);
        const Http1Parser::Step step = parser.next(input);
        require(step.consumed <= input.size());
        if (step.item == Http1Item::Body)
            require(!parser.body().empty() && inside(parser.body(), input));
        if (step.item == Http1Item::Head) {
            require(inside(parser.head().raw, input));
            require(parser.head().fields.size() <= podglass::limits::headFields);
        }
        used += step.consumed;
        if (step.item == Http1Item::Error)
            return false;
        if (step.item == Http1Item::NeedMore)
            break;
    }
    rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(used));
    require(parser.tunnelled() || rest.size() < podglass::limits::headBytes);
    return true;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const unsigned choice = data[0];
    ByteView input(data + 1, size - 1);
    const std::size_t cut = choice >> 2;
    Http1Parser parser((choice & 1) != 0 ? Http1Parser::Kind::Response
                                         : Http1Parser::Kind::Request);
    if ((choice & 2) != 0)
        parser.answering("HEAD");
    std::vector<std::uint8_t> rest;
    while (!input.empty()) {
        const ByteView piece = input.first(cut == 0 ? input.size() : std::min(cut, input.size()));
        input = input.subspan(piece.size());
        rest.insert(rest.end(), piece.begin(), piece.end());
        if (!readAll(parser, rest))
            return 0;
        if (parser.tunnelled())
            break;
    }
    (void)parser.finish();
    return 0;
}
