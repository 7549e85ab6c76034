// SPDX-License-Identifier: Apache-2.0
#include "core/store/view_job.h"

#include <algorithm>

namespace podglass::store {

void View::setFilter(Predicate predicate, Number connection)
{
    m_wanted = {std::move(predicate), connection, m_wanted.from};
    startJob();
}

void View::hideBelow(Number first)
{
    m_wanted.from = first;
    startJob();
}

void View::setOrder(Order order)
{
    if (order == m_wantedOrder)
        return;
    m_wantedOrder = order;
    startJob();
}

void View::startJob()
{
    m_job = std::make_shared<Job>();
    m_job->start = m_job->cursor = m_store.rows().first();
    m_job->stop = m_store.rows().end();
}

std::optional<double> View::progress() const
{
    if (!m_job)
        return std::nullopt;
    const double span = std::max(1.0, static_cast<double>(m_job->stop - m_job->start));
    const double tested = static_cast<double>(m_job->cursor - m_job->start) / span;
    if (m_wantedOrder.natural())
        return tested;
    const double passes = std::max(1.0, static_cast<double>(m_job->passes));
    const double all = std::max(1.0, static_cast<double>(m_job->rows.size()));
    const double merged =
        (static_cast<double>(m_job->passesDone) + static_cast<double>(m_job->merged.size()) / all)
        / passes;
    return m_job->merging ? 0.5 + 0.5 * std::min(1.0, merged) : 0.5 * tested;
}

bool View::work(std::size_t rows)
{
    if (!m_job)
        return false;
    const bool more = m_job->merging ? merge(rows) : collect(rows);
    if (!more)
        finishJob();
    return more;
}

// True: more to do.
bool View::collect(std::size_t rows)
{
    Job& job = *m_job;
    job.cursor = std::max(job.cursor, m_store.rows().first());
    const Before before(m_store, m_wantedOrder);
    const bool sorts = !m_wantedOrder.natural();
    const auto sortRun = [&] {
        const std::size_t from = (job.rows.size() - 1) / Job::runRows * Job::runRows;
        std::sort(job.rows.begin() + static_cast<std::ptrdiff_t>(from), job.rows.end(), before);
    };
    for (std::size_t i = 0; i < rows && job.cursor < job.stop; ++i, ++job.cursor) {
        if (!accepts(m_wanted, job.cursor))
            continue;
        job.rows.push_back(job.cursor);
        if (sorts && job.rows.size() % Job::runRows == 0)
            sortRun();
    }
    if (job.cursor < job.stop)
        return true;
    if (!sorts || job.rows.empty())
        return false;
    sortRun();
    job.merging = true;
    for (std::size_t width = Job::runRows; width < job.rows.size(); width *= 2)
        ++job.passes;
    job.j = std::min(job.width, job.rows.size());
    return job.passes != 0;
}

bool View::merge(std::size_t rows)
{
    Job& job = *m_job;
    const Before before(m_store, m_wantedOrder);
    const std::size_t all = job.rows.size();
    for (std::size_t step = 0; step < rows; ++step) {
        const std::size_t middle = std::min(job.left + job.width, all);
        const std::size_t right = std::min(job.left + 2 * job.width, all);
        if (job.i < middle && (job.j == right || !before(job.rows[job.j], job.rows[job.i])))
            job.merged.push_back(job.rows[job.i++]);
        else
            job.merged.push_back(job.rows[job.j++]);
        if (job.i != middle || job.j != right)
            continue;
        job.left = right; // the next pair
        if (right == all) {
            job.rows.swap(job.merged);
            job.merged.clear();
            job.width *= 2;
            job.left = 0;
            if (++job.passesDone == job.passes)
                return false;
        }
        job.i = job.left;
        job.j = std::min(job.left + job.width, all);
    }
    return true;
}

void View::finishJob()
{
    const std::shared_ptr<Job> job = std::move(m_job);
    m_job = nullptr;
    if (m_listener != nullptr)
        m_listener->replacing();
    m_filter = m_wanted;
    m_order = m_wantedOrder;
    m_rows = std::move(job->rows);
    m_others.clear();
    for (const Number number : m_rows)
        noteShown(number);
    if (m_listener != nullptr)
        m_listener->replaced();
    // What came meanwhile.
    Delta rest;
    rest.first = m_store.rows().first();
    rest.appendedFrom = std::max(job->stop, rest.first);
    rest.end = m_store.rows().end();
    std::ranges::sort(job->changed);
    const auto last = std::unique(job->changed.begin(), job->changed.end());
    rest.changed.assign(std::lower_bound(job->changed.begin(), last, rest.first),
                        std::lower_bound(job->changed.begin(), last, rest.appendedFrom));
    apply(rest);
}

} // namespace podglass::store
