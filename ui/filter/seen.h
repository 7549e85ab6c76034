// SPDX-License-Identifier: GPL-3.0-or-later
// What the traffic of a sample holds: names and values with how often they occur, for completion
// and for "did you mean".
#pragma once

#include "core/filter/filter.h"

#include "ui/filter/sample.h"

#include <map>
#include <vector>

#include <QString>

namespace podglass::ui {

struct Occurrence
{
    QString text;
    int count = 0;
};

class Seen
{
public:
    Seen() = default;
    explicit Seen(const Sample& sample);

    // Most frequent first.
    [[nodiscard]] std::vector<Occurrence> names(filter::Field field) const;
    [[nodiscard]] std::vector<Occurrence> values(filter::Field field, const QString& name) const;

    [[nodiscard]] bool hasHeader(const QString& name) const;

    // The header name that was most likely meant; empty if none is near. With its count.
    [[nodiscard]] Occurrence nearestHeader(const QString& name) const;

private:
    using Key = std::pair<filter::Field, QString>; // the name, of headers in lower case

    void count(filter::Field field, const std::string& name, const std::string& value);

    std::map<Key, std::map<QString, int>> m_values;
};

// Insertions, deletions, replacements and swaps of neighbours.
int editDistance(const QString& a, const QString& b);

} // namespace podglass::ui
