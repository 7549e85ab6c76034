// SPDX-License-Identifier: Apache-2.0
// Texts that many rows share (methods, paths, hosts), kept once and counted. Row columns hold the
// 4-byte id. The last release frees the text, so the pool is bounded by the rows that use it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace podglass::store {

using TextId = std::uint32_t; // 0: the empty text

class StringPool
{
public:
    // Adds one use.
    TextId acquire(std::string_view text);
    void release(TextId id);

    // Valid until the last use is released.
    [[nodiscard]] std::string_view text(TextId id) const;

    [[nodiscard]] std::size_t size() const { return m_ids.size(); }

private:
    struct Entry
    {
        std::string text;
        std::uint32_t uses = 0;
    };

    std::deque<Entry> m_entries = std::deque<Entry>(1); // deque: texts stay where they are
    std::vector<TextId> m_free;
    std::unordered_map<std::string_view, TextId> m_ids;
};

} // namespace podglass::store
