// SPDX-License-Identifier: Apache-2.0
// LineReader: lines from a non-blocking descriptor of a program that may say anything: long lines
// are cut at limits::helperLineBytes, control characters become blanks.
#pragma once

#include "core/base/limits.h"

#include <cerrno>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace podglass::session {

class LineReader
{
public:
    using Sink = std::function<void(std::string_view line)>;

    // Reads what is there. False: the other end closed.
    bool drain(int fd, const Sink& sink)
    {
        char buffer[4096];
        for (;;) {
            const ssize_t got = ::read(fd, buffer, sizeof buffer);
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0 && errno == EAGAIN)
                return true;
            if (got <= 0) {
                flush(sink);
                return false;
            }
            feed({buffer, static_cast<std::size_t>(got)}, sink);
        }
    }

    void feed(std::string_view text, const Sink& sink)
    {
        for (const char c : text) {
            if (c == '\n')
                flush(sink);
            else if (m_line.size() < limits::helperLineBytes && c != '\r')
                m_line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
        }
    }

private:
    void flush(const Sink& sink)
    {
        const std::string line = std::exchange(m_line, {});
        if (!line.empty())
            sink(line);
    }

    std::string m_line;
};

} // namespace podglass::session
