// SPDX-License-Identifier: Apache-2.0
// The order of rows by a column. Equal rows are in order of their numbers, so an order is total and
// the same whichever way it is computed.
#pragma once

#include "core/store/store.h"

namespace podglass::store {

// The columns of the list, in the order of ui/models.
enum class Column : std::uint8_t
{
    Ordinal,
    Time,
    Mode,
    Method,
    Path,
    Host,
    Status,
    Duration,
    Size,
    Client,
    Target,
};

struct Order
{
    Column column = Column::Ordinal;
    bool descending = false;

    // As they came: the order that needs no sorting and follows the tail.
    [[nodiscard]] bool natural() const { return column == Column::Ordinal && !descending; }

    bool operator==(const Order&) const = default;
};

class Before
{
public:
    Before(const Store& store, Order order)
        : m_store(&store)
        , m_order(order)
    {}

    bool operator()(Number a, Number b) const;

private:
    [[nodiscard]] int compare(Number a, Number b) const;

    const Store* m_store;
    Order m_order;
};

} // namespace podglass::store
