// SPDX-License-Identifier: Apache-2.0
#include "core/telemetry/text_file.h"

#include "core/io/fd.h"

#include <algorithm>
#include <cerrno>
#include <charconv>

#include <fcntl.h>
#include <unistd.h>

namespace podglass::telemetry {

std::optional<std::string> readTextFile(const std::filesystem::path& path, std::size_t limit)
{
    const io::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file)
        return std::nullopt;
    std::string text;
    while (text.size() < limit) {
        const std::size_t had = text.size();
        text.resize(std::min(limit, had + 4096));
        const ssize_t got = ::read(file.get(), text.data() + had, text.size() - had);
        const bool again = got < 0 && errno == EINTR;
        text.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (again)
            continue;
        if (got < 0 && had == 0)
            return std::nullopt; // a directory, or a process that went away meanwhile
        if (got <= 0)
            break;
    }
    return text;
}

std::string_view takeLine(std::string_view& text)
{
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

std::string_view takeWord(std::string_view& line)
{
    constexpr std::string_view blanks = " \t";
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    const std::string_view word = line.substr(0, line.find_first_of(blanks));
    line.remove_prefix(word.size());
    return word;
}

std::optional<std::uint64_t> asNumber(std::string_view text)
{
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, number);
    if (result.ec != std::errc() || result.ptr != end)
        return std::nullopt;
    return number;
}

std::optional<std::uint64_t> numberOf(std::string_view text, std::string_view key)
{
    while (!text.empty()) {
        std::string_view line = takeLine(text);
        std::string_view name = takeWord(line);
        if (name.ends_with(':'))
            name.remove_suffix(1);
        if (name == key)
            return asNumber(takeWord(line));
    }
    return std::nullopt;
}

} // namespace podglass::telemetry
