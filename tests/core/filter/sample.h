// SPDX-License-Identifier: Apache-2.0
// Requests for filter tests, written in one line each.
#pragma once

#include "core/filter/evaluate.h"
#include "core/filter/text.h"

#include <string>
#include <utility>
#include <vector>

namespace podglass::test {

struct Request
{
    std::string method = "GET";
    std::string target = "/";
    std::vector<std::pair<std::string, std::string>> headers;
    std::vector<flow::HeaderField> fields{};

    filter::Subject subject()
    {
        fields.clear();
        for (const auto& [name, value] : headers)
            fields.push_back({name, value});
        filter::Subject subject;
        subject.method = method;
        subject.target = target;
        subject.fields = fields;
        subject.source = flow::Endpoint::v4(0x0a010203, 5555);
        subject.port = 8080;
        return subject;
    }
};

inline filter::Filter parsed(std::string_view text)
{
    auto result = filter::parse(text);
    return std::get<filter::Filter>(std::move(result)); // throws, which fails the test
}

inline std::shared_ptr<const filter::CompiledFilter> compiled(std::string_view text,
                                                              filter::Use use = filter::Use::Steal)
{
    auto result = filter::CompiledFilter::compile(parsed(text), use);
    return result ? *result : nullptr;
}

} // namespace podglass::test
