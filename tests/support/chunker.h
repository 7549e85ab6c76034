// SPDX-License-Identifier: Apache-2.0
// Chunker: runs a test of something that eats a byte stream with every way of cutting it that
// matters: whole, byte by byte, at every two-piece split and at seeded random cuts. All must give
// the same account.
#pragma once

#include "core/bytes/view.h"

#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace podglass::tests {

using Pieces = std::vector<std::string_view>;

struct ChunkerResult
{
    std::string account;    // of the whole input in one piece
    std::string difference; // empty when every cut gave the same; else the first that did not
};

// `run` feeds the pieces to a fresh object and returns a text account of what came out.
inline ChunkerResult everyCut(std::string_view input,
                              const std::function<std::string(const Pieces&)>& run)
{
    ChunkerResult result{run({input}), {}};
    const auto compare = [&](const Pieces& pieces, const std::string& how) {
        if (!result.difference.empty())
            return;
        const std::string account = run(pieces);
        if (account != result.account)
            result.difference = how + " gave\n" + account + "\ninstead of\n" + result.account;
    };

    Pieces single;
    for (std::size_t i = 0; i < input.size(); ++i)
        single.push_back(input.substr(i, 1));
    compare(single, "byte by byte");
    // Every split of long inputs would take minutes and find nothing that a stride does not.
    const std::size_t stride = 1 + input.size() / 2048;
    for (std::size_t i = 1; i < input.size(); i += stride)
        compare({input.substr(0, i), input.substr(i)}, "a cut at " + std::to_string(i));
    std::mt19937 random(20240607); // NOLINT(cert-msc51-cpp): the same cuts every time
    for (int round = 0; round < 50; ++round) {
        Pieces pieces;
        std::size_t at = 0;
        while (at < input.size()) {
            const std::size_t length = 1 + random() % (1 + input.size() / 3);
            pieces.push_back(input.substr(at, length));
            at += pieces.back().size();
        }
        compare(pieces, "random cut " + std::to_string(round));
    }
    return result;
}

} // namespace podglass::tests
