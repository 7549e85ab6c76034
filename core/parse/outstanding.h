// SPDX-License-Identifier: Apache-2.0
// Requests of one connection that wait for the end of their response, oldest first (responses come
// in the order of the requests, RFC 9112 9.3.2). Thread: the parser's.
#pragma once

#include "core/flow/event.h"

#include <string_view>
#include <vector>

namespace podglass::parse {

struct Outstanding
{
    flow::ExchangeId exchange;
    std::string_view method; // "HEAD", "CONNECT" or empty: what decides about the response's body
    bool doubtful = false;   // its response may have been lost in a gap
};

class OutstandingQueue
{
public:
    void push(Outstanding request) { m_requests.push_back(request); }

    void remove(std::size_t index)
    {
        m_requests.erase(m_requests.begin() + static_cast<std::ptrdiff_t>(index));
    }

    [[nodiscard]] bool empty() const { return m_requests.empty(); }

    [[nodiscard]] std::size_t size() const { return m_requests.size(); }

    Outstanding& front() { return m_requests.front(); }

    [[nodiscard]] const Outstanding& at(std::size_t index) const { return m_requests[index]; }

private:
    // Almost always of length one; at most limits::pipelinedRequests.
    std::vector<Outstanding> m_requests;
};

} // namespace podglass::parse
