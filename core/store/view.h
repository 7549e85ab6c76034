// SPDX-License-Identifier: Apache-2.0
// View: which rows of a store are shown, and in which order: a vector of row numbers, kept right by
// Deltas. A new filter or order is computed in slices while the old one stays shown (and goes on
// being updated), then takes its place at once: no turn of the caller is long, however many rows.
//
// Rows that tell of losses are shown whatever the filter says; gaps of single connections only
// without a filter, or when the view is restricted to their connection. Contract: call apply() with
// every Delta of the store, in order. Thread: the store's.
#pragma once

#include "core/store/compare.h"
#include "core/store/delta.h"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace podglass::store {

// Hears of every change, before and after, in terms of positions. Positions are of the list as it
// is at that moment.
class ViewListener
{
public:
    ViewListener() = default;
    ViewListener(const ViewListener&) = delete;
    ViewListener& operator=(const ViewListener&) = delete;
    virtual ~ViewListener() = default;

    virtual void removing(std::size_t first, std::size_t last) = 0;
    virtual void removed() = 0;
    virtual void inserting(std::size_t first, std::size_t last) = 0;
    virtual void inserted() = 0;
    virtual void changed(std::size_t first, std::size_t last) = 0;
    virtual void reordering() = 0;
    virtual void reordered() = 0;
    virtual void replacing() = 0;
    virtual void replaced() = 0;
};

class View
{
public:
    using Predicate = std::function<bool(const filter::Subject&)>; // empty: everything

    explicit View(const Store& store);

    // At most one; null to stop.
    void setListener(ViewListener* listener) { m_listener = listener; }

    [[nodiscard]] std::size_t size() const { return m_rows.size(); }

    [[nodiscard]] Number at(std::size_t position) const { return m_rows[position]; }

    [[nodiscard]] std::optional<std::size_t> find(Number number) const;

    // Requests among the rows shown.
    [[nodiscard]] std::uint64_t shownRequests() const { return m_rows.size() - m_others.size(); }

    [[nodiscard]] bool filtered() const { return m_wanted.filters(); }

    [[nodiscard]] Order order() const { return m_order; }

    // `connection`: only rows of this one (a number of Connections); 0: of all.
    void setFilter(Predicate predicate, Number connection = 0);
    // Rows below `first` are hidden, as after a clearing that may be undone; 0: none.
    void hideBelow(Number first);

    [[nodiscard]] Number hiddenBelow() const { return m_wanted.from; }

    void setOrder(Order order);

    // Does a part of the work that setFilter() and setOrder() asked for, about `rows` rows of it.
    // True: there is more to do.
    bool work(std::size_t rows);
    // 0 to 1 while there is work.
    [[nodiscard]] std::optional<double> progress() const;

    void apply(const Delta& delta);

private:
    struct Job;

    struct Sieve
    {
        Predicate predicate;
        Number connection = 0;

        Number from = 0; // rows below are hidden

        [[nodiscard]] bool filters() const { return predicate || connection != 0; }

        [[nodiscard]] bool any() const { return filters() || from != 0; }
    };

    void startJob();
    bool collect(std::size_t rows);
    bool merge(std::size_t rows);
    void finishJob();

    void applyNatural(const Delta& delta);
    void applySorted(const Delta& delta);
    void changeNatural(const std::vector<Number>& changed);
    void append(Number from, Number end);
    void erase(std::size_t from, std::size_t to);
    std::vector<Number> arriving(const Delta& delta, const std::vector<Number>& shown);
    void
    reorder(std::size_t settled, const std::vector<Number>& moving, std::vector<Number> arriving);
    void eraseMarked(const std::vector<bool>& marked);
    bool accepts(const Sieve& sieve, Number number);
    void noteShown(Number number);

    const Store& m_store;
    ViewListener* m_listener = nullptr;
    std::vector<Number> m_rows;
    Sieve m_filter; // in force
    Sieve m_wanted; // in force once the job is done
    Order m_order;
    Order m_wantedOrder;
    std::set<Number> m_others; // rows shown that are no requests; few
    std::vector<flow::HeaderField> m_scratch;
    std::shared_ptr<Job> m_job;
};

} // namespace podglass::store
