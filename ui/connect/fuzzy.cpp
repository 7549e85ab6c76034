// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/fuzzy.h"

#include <algorithm>

#include <QStringList>

namespace podglass::connect {

namespace {

int scoreFrom(const QString& word, const QString& text, qsizetype start)
{
    int score = 0;
    qsizetype at = start;
    qsizetype before = -2;
    for (const QChar letter : word) {
        const auto found = text.indexOf(letter, at, Qt::CaseInsensitive);
        if (found < 0) {
            return 0;
        }
        const bool joined = found == before + 1;
        const bool wordStart = found == 0 || !text[found - 1].isLetterOrNumber();
        score += 1 + (joined ? 4 : 0) + (wordStart ? 3 : 0);
        before = found;
        at = found + 1;
    }
    return score;
}

int wordScore(const QString& word, const QString& text)
{
    int best = 0;
    for (auto at = text.indexOf(word.front(), 0, Qt::CaseInsensitive); at >= 0;
         at = text.indexOf(word.front(), at + 1, Qt::CaseInsensitive)) {
        best = std::max(best, scoreFrom(word, text, at));
    }
    return best;
}

} // namespace

int fuzzyScore(const QString& query, const QString& text)
{
    int total = 1;
    for (const auto& word : query.split(u' ', Qt::SkipEmptyParts)) {
        const int score = wordScore(word, text);
        if (score == 0) {
            return 0;
        }
        total += score;
    }
    return total;
}

} // namespace podglass::connect
