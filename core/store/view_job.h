// SPDX-License-Identifier: Apache-2.0
// The work of a new filter or order, as far as it is done. Phase one tests rows and sorts them in
// runs of `runRows`; phase two merges neighbouring runs until one is left (a bottom-up merge sort
// that can stop after any row). Private to View.
#pragma once

#include "core/store/view.h"

namespace podglass::store {

struct View::Job
{
    static constexpr std::size_t runRows = 2048;

    Number start = 1;
    Number cursor = 1; // next row to test
    Number stop = 1;   // rows from here come by Delta afterwards
    std::vector<Number> rows;
    std::vector<Number> changed; // by Deltas meanwhile: tested again at the end

    // Phase two.
    bool merging = false;
    std::size_t width = runRows; // of the runs being merged
    std::size_t left = 0;        // start of the pair
    std::size_t i = 0;           // next of the left run
    std::size_t j = 0;           // next of the right run
    std::vector<Number> merged;
    std::size_t passes = 0;
    std::size_t passesDone = 0;
};

} // namespace podglass::store
