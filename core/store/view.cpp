// SPDX-License-Identifier: Apache-2.0
#include "core/store/view.h"

#include "core/store/view_job.h"

#include <algorithm>

namespace podglass::store {

namespace {

// Runs of removals beyond this are cheaper as one replacement of the whole list.
constexpr std::size_t manyRuns = 16;

} // namespace

View::View(const Store& store)
    : m_store(store)
{}

std::optional<std::size_t> View::find(Number number) const
{
    const auto found = m_order.natural() ? std::ranges::lower_bound(m_rows, number)
                                         : std::ranges::find(m_rows, number);
    if (found == m_rows.end() || *found != number)
        return std::nullopt;
    return static_cast<std::size_t>(found - m_rows.begin());
}

bool View::accepts(const Sieve& sieve, Number number)
{
    const Row* row = m_store.rows().at(number);
    if (row == nullptr)
        return false;
    if (!sieve.any())
        return true;
    if (number < sieve.from)
        return false;
    if ((row->kind == RowKind::Gap || row->kind == RowKind::Conflict) && sieve.filters())
        return sieve.connection != 0 && row->connection == sieve.connection;
    if (row->kind != RowKind::Exchange && row->kind != RowKind::Connection)
        return true;
    if (sieve.connection != 0 && row->connection != sieve.connection)
        return false;
    return !sieve.predicate || sieve.predicate(m_store.subject(number, m_scratch));
}

void View::noteShown(Number number)
{
    const Row* row = m_store.rows().at(number);
    if (row != nullptr && row->kind != RowKind::Exchange)
        m_others.insert(number);
}

void View::apply(const Delta& delta)
{
    if (m_job)
        m_job->changed.insert(m_job->changed.end(), delta.changed.begin(), delta.changed.end());
    if (m_order.natural())
        applyNatural(delta);
    else
        applySorted(delta);
}

void View::erase(std::size_t from, std::size_t to)
{
    if (from == to)
        return;
    if (m_listener != nullptr)
        m_listener->removing(from, to - 1);
    const auto begin = m_rows.begin();
    for (std::size_t i = from; i < to; ++i)
        m_others.erase(m_rows[i]);
    m_rows.erase(begin + static_cast<std::ptrdiff_t>(from),
                 begin + static_cast<std::ptrdiff_t>(to));
    if (m_listener != nullptr)
        m_listener->removed();
}

void View::append(Number from, Number end)
{
    std::vector<Number> fresh;
    for (Number number = from; number < end; ++number)
        if (accepts(m_filter, number))
            fresh.push_back(number);
    if (fresh.empty())
        return;
    if (m_listener != nullptr)
        m_listener->inserting(m_rows.size(), m_rows.size() + fresh.size() - 1);
    m_rows.insert(m_rows.end(), fresh.begin(), fresh.end());
    std::ranges::for_each(fresh, [this](Number number) { noteShown(number); });
    if (m_listener != nullptr)
        m_listener->inserted();
}

void View::applyNatural(const Delta& delta)
{
    const auto gone = std::ranges::lower_bound(m_rows, delta.first);
    erase(0, static_cast<std::size_t>(gone - m_rows.begin()));
    changeNatural(delta.changed);
    append(delta.appendedFrom, delta.end);
}

// Positions of neighbours are told as one range, so a burst of finished responses is one repaint.
void View::changeNatural(const std::vector<Number>& changed)
{
    std::optional<std::pair<std::size_t, std::size_t>> range;
    const auto tell = [&] {
        if (range && m_listener != nullptr)
            m_listener->changed(range->first, range->second);
        range.reset();
    };
    for (const Number number : changed) {
        const auto found = std::ranges::lower_bound(m_rows, number);
        const auto position = static_cast<std::size_t>(found - m_rows.begin());
        const bool shown = found != m_rows.end() && *found == number;
        const bool wanted = accepts(m_filter, number);
        if (shown && wanted) {
            if (range && range->second + 1 != position)
                tell();
            range = {range ? range->first : position, position};
        } else if (shown) {
            tell();
            erase(position, position + 1);
        } else if (wanted) {
            tell();
            if (m_listener != nullptr)
                m_listener->inserting(position, position);
            m_rows.insert(found, number);
            noteShown(number);
            if (m_listener != nullptr)
                m_listener->inserted();
        }
    }
    tell();
}

void View::eraseMarked(const std::vector<bool>& marked)
{
    std::size_t runs = 0;
    for (std::size_t i = 0; i < marked.size(); ++i)
        runs += marked[i] && (i == 0 || !marked[i - 1]) ? 1U : 0U;
    if (runs > manyRuns) {
        if (m_listener != nullptr)
            m_listener->replacing();
        std::vector<Number> kept;
        kept.reserve(m_rows.size());
        for (std::size_t i = 0; i < m_rows.size(); ++i)
            if (!marked[i])
                kept.push_back(m_rows[i]);
            else
                m_others.erase(m_rows[i]);
        m_rows = std::move(kept);
        if (m_listener != nullptr)
            m_listener->replaced();
        return;
    }
    for (std::size_t end = m_rows.size(); end > 0;) {
        if (!marked[end - 1]) {
            --end;
            continue;
        }
        std::size_t from = end;
        while (from > 0 && marked[from - 1])
            --from;
        erase(from, end);
        end = from;
    }
}

// Rows that change may move: those are taken out, sorted and merged back in one pass.
void View::applySorted(const Delta& delta)
{
    std::vector<bool> marked(m_rows.size());
    std::vector<Number> moving; // shown before and after
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const Number number = m_rows[i];
        const bool touched = std::ranges::binary_search(delta.changed, number);
        marked[i] = number < delta.first || (touched && !accepts(m_filter, number));
        if (touched && !marked[i])
            moving.push_back(number);
    }
    eraseMarked(marked);
    std::ranges::sort(moving);
    const std::vector<Number> arriving = this->arriving(delta, moving);
    const std::size_t before = m_rows.size();
    if (!arriving.empty()) {
        if (m_listener != nullptr)
            m_listener->inserting(before, before + arriving.size() - 1);
        m_rows.insert(m_rows.end(), arriving.begin(), arriving.end());
        std::ranges::for_each(arriving, [this](Number number) { noteShown(number); });
        if (m_listener != nullptr)
            m_listener->inserted();
    }
    if (!arriving.empty() || !moving.empty())
        reorder(before, moving, arriving);
}

std::vector<Number> View::arriving(const Delta& delta, const std::vector<Number>& shown)
{
    std::vector<Number> numbers;
    for (const Number number : delta.changed)
        if (!std::ranges::binary_search(shown, number) && accepts(m_filter, number))
            numbers.push_back(number);
    for (Number number = delta.appendedFrom; number < delta.end; ++number)
        if (accepts(m_filter, number))
            numbers.push_back(number);
    return numbers;
}

// The first `settled` rows are in order but for those of `moving`; the rest is `arriving`.
void View::reorder(std::size_t settled,
                   const std::vector<Number>& moving,
                   std::vector<Number> arriving)
{
    if (m_listener != nullptr)
        m_listener->reordering();
    std::vector<Number> rest;
    rest.reserve(settled);
    for (std::size_t i = 0; i < settled; ++i)
        if (!std::ranges::binary_search(moving, m_rows[i]))
            rest.push_back(m_rows[i]);
    arriving.insert(arriving.end(), moving.begin(), moving.end());
    const Before before(m_store, m_order);
    std::ranges::sort(arriving, before);
    std::merge(rest.begin(), rest.end(), arriving.begin(), arriving.end(), m_rows.begin(), before);
    if (m_listener != nullptr) {
        m_listener->reordered();
        m_listener->changed(0, m_rows.size() - 1);
    }
}

} // namespace podglass::store
