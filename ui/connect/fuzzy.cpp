// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/fuzzy.h"

#include <algorithm>

#include <QString>

namespace podglass::connect {

namespace {

constexpr int joinedBonus = 4;
constexpr int wordStartBonus = 3;

// Of bytes beyond ASCII all are letters: what matters is where ASCII words begin.
bool isWordByte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
           || (static_cast<unsigned char>(c) & 0x80);
}

int scoreFrom(std::string_view word, std::string_view text, std::size_t start)
{
    int score = 0;
    std::size_t at = start;
    std::size_t before = std::string_view::npos;
    for (const char letter : word) {
        const std::size_t found = text.find(letter, at);
        if (found == std::string_view::npos)
            return 0;
        const bool joined = before != std::string_view::npos && found == before + 1;
        const bool wordStart = found == 0 || !isWordByte(text[found - 1]);
        score += 1 + (joined ? joinedBonus : 0) + (wordStart ? wordStartBonus : 0);
        before = found;
        at = found + 1;
    }
    return score;
}

} // namespace

int fuzzyScore(std::string_view word, std::string_view text)
{
    if (word.empty())
        return 0;
    int best = 0;
    for (std::size_t at = text.find(word.front()); at != std::string_view::npos;
         at = text.find(word.front(), at + 1)) {
        const int score = scoreFrom(word, text, at);
        if (score == 0)
            break; // further on there is less of the text left
        best = std::max(best, score);
    }
    return best;
}

std::string lowered(std::string_view text)
{
    const bool plain = std::ranges::all_of(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0x80) == 0; });
    if (!plain)
        return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()))
            .toCaseFolded()
            .toStdString();
    std::string low(text);
    std::ranges::transform(
        low, low.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + ('a' - 'A')) : c; });
    return low;
}

} // namespace podglass::connect
