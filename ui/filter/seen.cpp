// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filter/seen.h"

#include "core/filter/request_target.h"

#include <algorithm>
#include <limits>

namespace podglass::ui {

using filter::Field;

namespace {

constexpr std::size_t offered = 20;
constexpr qsizetype longestValue = 120; // longer ones help nobody in a list

QString textOf(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

std::vector<Occurrence> mostFrequent(std::vector<Occurrence> all)
{
    std::ranges::stable_sort(all, std::greater{}, &Occurrence::count);
    if (all.size() > offered)
        all.resize(offered);
    return all;
}

} // namespace

Seen::Seen(const Sample& sample)
{
    for (std::size_t i = 0; i < sample.size(); ++i) {
        const SampleRequest& request = sample.request(i);
        const filter::TargetParts parts = filter::splitTarget(request.target);
        count(Field::Method, {}, request.method);
        count(Field::Path, {}, std::string(parts.path));
        filter::forEachParameter(parts.query,
                                 [this](std::string_view name, std::string_view value) {
                                     count(Field::Query, std::string(name), std::string(value));
                                     return false;
                                 });
        for (const auto& [name, value] : request.fields) {
            count(Field::Header, name, value);
            if (textOf(name).compare(u"host", Qt::CaseInsensitive) == 0)
                count(Field::Host, {}, std::string(filter::withoutPort(value)));
        }
        count(Field::Source, {}, request.source.addressText());
        count(Field::Port, {}, std::to_string(request.port));
        if (request.status)
            count(Field::Status, {}, std::to_string(*request.status));
        if (!request.mode.empty())
            count(Field::Mode, {}, request.mode);
    }
}

void Seen::count(Field field, const std::string& name, const std::string& value)
{
    QString key = textOf(name);
    if (field == Field::Header)
        key = key.toLower();
    ++m_values[{field, key}][textOf(value)];
}

std::vector<Occurrence> Seen::names(Field field) const
{
    std::vector<Occurrence> all;
    for (const auto& [key, values] : m_values) {
        if (key.first != field)
            continue;
        int total = 0;
        for (const auto& [value, times] : values)
            total += times;
        all.push_back({key.second, total});
    }
    return mostFrequent(std::move(all));
}

std::vector<Occurrence> Seen::values(Field field, const QString& name) const
{
    const auto found = m_values.find({field, field == Field::Header ? name.toLower() : name});
    std::vector<Occurrence> all;
    if (found == m_values.end())
        return all;
    for (const auto& [value, times] : found->second) {
        if (!value.isEmpty() && value.size() <= longestValue)
            all.push_back({value, times});
    }
    return mostFrequent(std::move(all));
}

bool Seen::hasHeader(const QString& name) const
{
    return m_values.contains({Field::Header, name.toLower()});
}

Occurrence Seen::nearestHeader(const QString& name) const
{
    const QString wanted = name.toLower();
    // About one slip for every three letters; more is another word.
    int best = static_cast<int>(std::clamp<qsizetype>(wanted.size() / 3, 1, 4)) + 1;
    Occurrence nearest;
    for (const auto& [key, values] : m_values) {
        if (key.first != Field::Header)
            continue;
        const int distance = editDistance(wanted, key.second);
        if (distance >= best)
            continue;
        best = distance;
        nearest = {key.second, 0};
        for (const auto& [value, times] : values)
            nearest.count += times;
    }
    return nearest;
}

int editDistance(const QString& a, const QString& b)
{
    const auto width = static_cast<std::size_t>(b.size()) + 1;
    std::vector<int> before(width);
    std::vector<int> last(width);
    std::vector<int> row(width);
    for (std::size_t j = 0; j < width; ++j)
        last[j] = static_cast<int>(j);
    for (qsizetype i = 1; i <= a.size(); ++i) {
        row[0] = static_cast<int>(i);
        for (std::size_t j = 1; j < width; ++j) {
            const auto at = static_cast<qsizetype>(j);
            const int changed = last[j - 1] + (a[i - 1] == b[at - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, changed});
            if (i > 1 && j > 1 && a[i - 1] == b[at - 2] && a[i - 2] == b[at - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last.back();
}

} // namespace podglass::ui
