// SPDX-License-Identifier: Apache-2.0
#include "core/agent/guard/message.h"

#include <algorithm>
#include <cstring>

namespace podglass::agent::guard {

void put(std::array<char, mostText>& field, std::string_view text)
{
    field.fill('\0');
    std::ranges::copy(text.substr(0, field.size() - 1), field.begin());
}

std::string textOf(const std::array<char, mostText>& field)
{
    return {field.data(), ::strnlen(field.data(), field.size())};
}

Reply replyOf(const base::Error& error)
{
    Reply reply;
    reply.failed = true;
    reply.persistent = error.lasting == base::Lasting::Persistent;
    put(reply.text, error.what);
    put(reply.where, error.where);
    put(reply.advice, error.advice);
    return reply;
}

base::Error errorOf(const Reply& reply)
{
    return {.what = textOf(reply.text),
            .where = textOf(reply.where),
            .advice = textOf(reply.advice),
            .lasting = reply.persistent ? base::Lasting::Persistent : base::Lasting::Transient};
}

} // namespace podglass::agent::guard
