// SPDX-License-Identifier: Apache-2.0
// Outbox: updates on their way into the consumer's channel. What does not fit waits here in order,
// and whoever fills it stops reading until `flowing` is called.
// Thread: the loop's.
#pragma once

#include "core/io/loop.h"
#include "core/session/session.h"

#include <deque>
#include <functional>

namespace podglass::session {

class Outbox
{
public:
    Outbox(io::Loop& loop, Updates& updates, std::function<void()> flowing);
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;
    ~Outbox();

    void push(Update update, std::size_t cost = 256);

    [[nodiscard]] bool blocked() const { return !m_waiting.empty(); }

private:
    void retry();

    io::Loop& m_loop;
    Updates& m_updates;
    std::function<void()> m_flowing;
    std::deque<std::pair<Update, std::size_t>> m_waiting;
};

} // namespace podglass::session
