// SPDX-License-Identifier: Apache-2.0
// A stream's text, and ways of cutting it into segments.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace podglass::tests {

// No byte like the ones beside it, so that a byte lost, doubled or moved shows.
inline std::string sample(std::size_t length)
{
    std::string text(length, ' ');
    for (std::size_t i = 0; i < length; ++i)
        text[i] = static_cast<char>('a' + (i * 7 + i / 26) % 26);
    return text;
}

struct Piece
{
    std::size_t offset;
    std::size_t length;
};

// Cuts [0, length) at random and repeats some pieces with other cuts.
inline std::vector<Piece> randomPieces(std::size_t length, std::mt19937& random)
{
    std::vector<Piece> pieces;
    for (std::size_t at = 0; at < length;) {
        const std::size_t step = std::min<std::size_t>(length - at, 1 + random() % 40);
        pieces.push_back({at, step});
        at += step;
    }
    for (std::size_t i = random() % 20; i > 0; --i) {
        const std::size_t at = random() % length;
        pieces.push_back({at, std::min<std::size_t>(length - at, 1 + random() % 60)});
    }
    std::shuffle(pieces.begin(), pieces.end(), random);
    return pieces;
}

} // namespace podglass::tests
