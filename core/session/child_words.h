// SPDX-License-Identifier: Apache-2.0
// ChildWords: the last lines that a child said on its stderr; they tell why it ended.
// Thread: the loop's.
#pragma once

#include "core/io/loop.h"
#include "core/session/line_reader.h"

#include <deque>
#include <string>

namespace podglass::session {

class ChildWords
{
public:
    static constexpr std::size_t kept = 20; // lines; older ones go

    // Reads what `errors` (watched in `loop`) has; stops watching it at its end.
    void read(io::Loop& loop, int errors)
    {
        const bool open = m_reader.drain(errors, [this](std::string_view line) {
            m_lines.emplace_back(line);
            if (m_lines.size() > kept)
                m_lines.pop_front();
        });
        if (!open)
            loop.unwatch(errors);
    }

    [[nodiscard]] const std::deque<std::string>& lines() const { return m_lines; }

    // Empty: it said nothing.
    [[nodiscard]] std::string last() const { return m_lines.empty() ? "" : m_lines.back(); }

private:
    LineReader m_reader;
    std::deque<std::string> m_lines;
};

} // namespace podglass::session
