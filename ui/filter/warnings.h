// SPDX-License-Identifier: GPL-3.0-or-later
// What is worth saying about a filter before it is applied, each with a way to mend it.
#pragma once

#include "core/filter/evaluate.h"

#include "ui/filter/preview.h"
#include "ui/filter/seen.h"
#include "ui/filter/tree_path.h"

#include <optional>
#include <vector>

#include <QString>

namespace podglass::ui {

enum class WarningKind
{
    Problem,     // a rule that cannot be used: the filter cannot be applied
    Pattern,     // W12, the same for a regular expression
    TakesAll,    // W1
    TakesProbes, // W2
    TakesNone,   // W5
    TakesMost,   // W6
    NoProbes,    // good news
};

struct Warning
{
    WarningKind kind = WarningKind::Problem;
    QString text;
    QString fix;                         // the button; empty: none
    std::optional<filter::Filter> fixed; // what the button makes of the filter
    std::optional<Path> focus;           // the row that it is about
    bool showNotMatched = false;         // the button shows what is left out
};

std::vector<Warning> warningsFor(const filter::Filter& filter,
                                 filter::Use use,
                                 const std::vector<filter::Problem>& problems,
                                 const Preview& preview,
                                 const Seen& seen);

} // namespace podglass::ui
