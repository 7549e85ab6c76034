// SPDX-License-Identifier: Apache-2.0
// LineSplitter: lines out of chunks. A line longer than the limit is passed over and counted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace podglass::kubernetes {

class LineSplitter
{
public:
    explicit LineSplitter(std::size_t limit)
        : m_limit(limit)
    {}

    template <typename Sink>
    void feed(std::string_view text, const Sink& sink)
    {
        while (!text.empty()) {
            const std::size_t end = text.find('\n');
            append(text.substr(0, end));
            if (end == std::string_view::npos)
                return;
            text.remove_prefix(end + 1);
            if (m_tooLong)
                ++m_skipped;
            else if (!m_line.empty())
                sink(std::string_view(m_line));
            m_line.clear();
            m_tooLong = false;
        }
    }

    [[nodiscard]] std::uint64_t skipped() const { return m_skipped; }

private:
    void append(std::string_view part)
    {
        if (m_line.size() + part.size() > m_limit)
            m_tooLong = true;
        if (m_tooLong)
            m_line.clear();
        else
            m_line += part;
    }

    std::size_t m_limit;
    std::string m_line;
    std::uint64_t m_skipped = 0;
    bool m_tooLong = false;
};

} // namespace podglass::kubernetes
