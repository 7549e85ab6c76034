// SPDX-License-Identifier: Apache-2.0
// Any text: refused with a place inside it, or read, printed and read back the same; then compiled
// and tried on a request.
#include "core/bytes/view.h"
#include "core/filter/text.h"

#include <array>
#include <cstdlib>

using namespace podglass;

namespace {

void check(bool holds)
{
    if (!holds)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = bytes::asText({data, size});
    const auto parsed = filter::parse(text);
    if (const auto* error = std::get_if<filter::TextError>(&parsed)) {
        check(error->position + error->length <= size && !error->message.empty());
        return 0;
    }
    const auto& tree = std::get<filter::Filter>(parsed);
    const auto again = filter::parse(filter::print(tree));
    check(std::holds_alternative<filter::Filter>(again) && std::get<filter::Filter>(again) == tree);
    check(!filter::inWords(tree).empty());

    const auto checked = filter::parseChecked(text, filter::Use::View);
    const auto compiled = filter::CompiledFilter::compile(tree, filter::Use::View);
    check(static_cast<bool>(compiled) == std::holds_alternative<filter::Filter>(checked));
    if (!compiled)
        return 0;
    const std::array<flow::HeaderField, 2> fields = {{{"host", "shop"}, {"x-user-id", "qa-7"}}};
    filter::Subject subject;
    subject.method = "GET";
    subject.target = text;
    subject.fields = fields;
    filter::Tally tally;
    check((*compiled)->matches(subject) == (*compiled)->tally(subject, tally));
    check(!(*compiled)->explain(subject).empty() || tree.children.empty());
    return 0;
}
