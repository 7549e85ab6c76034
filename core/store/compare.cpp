// SPDX-License-Identifier: Apache-2.0
#include "core/store/compare.h"

namespace podglass::store {

namespace {

template <typename T>
int three(const T& a, const T& b)
{
    return a < b ? -1 : (b < a ? 1 : 0);
}

int texts(const Store& store, TextId a, TextId b)
{
    if (a == b)
        return 0;
    return store.rows().texts().text(a).compare(store.rows().texts().text(b));
}

int clients(const Store& store, const Row& a, const Row& b)
{
    if (a.connection == b.connection)
        return 0;
    const Connection* left = store.connections().at(a.connection);
    const Connection* right = store.connections().at(b.connection);
    if (left == nullptr || right == nullptr)
        return three(left != nullptr, right != nullptr);
    return three(left->client, right->client);
}

std::string_view targetOf(const Store& store, const Row& row)
{
    const Connection* connection = store.connections().at(row.connection);
    return connection == nullptr ? std::string_view() : store.connections().targetName(*connection);
}

} // namespace

int Before::compare(Number a, Number b) const
{
    const Row* left = m_store->rows().at(a);
    const Row* right = m_store->rows().at(b);
    if (left == nullptr || right == nullptr)
        return three(left != nullptr, right != nullptr);
    switch (m_order.column) {
    case Column::Ordinal:
        return three(a, b);
    case Column::Time:
        return three(left->at, right->at);
    case Column::Mode:
        return three(left->mode, right->mode);
    case Column::Method:
        return texts(*m_store, left->method, right->method);
    case Column::Path:
        return texts(*m_store, left->path, right->path);
    case Column::Host:
        return texts(*m_store, left->host, right->host);
    case Column::Status:
        return three(left->status, right->status);
    case Column::Duration:
        return three(left->microseconds, right->microseconds);
    case Column::Size:
        return three(left->responseBytes, right->responseBytes);
    case Column::Client:
        return clients(*m_store, *left, *right);
    case Column::Target:
        return three(targetOf(*m_store, *left), targetOf(*m_store, *right));
    }
    return 0;
}

bool Before::operator()(Number a, Number b) const
{
    const int result = m_order.descending ? compare(b, a) : compare(a, b);
    return result != 0 ? result < 0 : a < b;
}

} // namespace podglass::store
