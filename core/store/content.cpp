// SPDX-License-Identifier: Apache-2.0
#include "core/store/content.h"

#include <algorithm>

namespace podglass::store {

void FieldList::assign(std::span<const flow::HeaderField> fields)
{
    m_text.clear();
    m_lengths.clear();
    std::size_t total = 0;
    for (const auto& field : fields)
        total += field.name.size() + field.value.size();
    m_text.reserve(total);
    m_lengths.reserve(fields.size());
    for (const auto& field : fields) {
        m_text.append(field.name).append(field.value);
        m_lengths.push_back({static_cast<std::uint32_t>(field.name.size()),
                             static_cast<std::uint32_t>(field.value.size())});
    }
}

void FieldList::read(std::vector<flow::HeaderField>& into) const
{
    into.clear();
    std::string_view rest = m_text;
    for (const auto& [name, value] : m_lengths) {
        into.push_back({rest.substr(0, name), rest.substr(name, value)});
        rest.remove_prefix(std::size_t{name} + value);
    }
}

std::vector<flow::HeaderField> FieldList::all() const
{
    std::vector<flow::HeaderField> fields;
    read(fields);
    return fields;
}

std::size_t FieldList::cost() const
{
    return m_text.size() + m_lengths.size() * sizeof(Lengths);
}

std::size_t Message::append(const flow::BodyData& part, std::size_t limit)
{
    const std::uint64_t expected = body.size() + missing;
    bodyBytes = std::max(bodyBytes, part.offset + part.data.size());
    bytes::ByteView data = part.data;
    if (part.offset < expected) // already there
        data = data.subspan(
            static_cast<std::size_t>(std::min<std::uint64_t>(data.size(), expected - part.offset)));
    else
        missing += part.offset - expected;
    const std::size_t room = limit - std::min(limit, body.size());
    data = data.first(std::min(data.size(), room));
    body.insert(body.end(), data.begin(), data.end());
    return data.size();
}

} // namespace podglass::store
