// SPDX-License-Identifier: Apache-2.0
// Loop: epoll, timers and calls from other threads, for one thread. Level-triggered.
//
// Contract: callbacks run on the thread in run(). A watch may be changed or removed from inside any
// callback, its own included; a removed watch gets no further call, not even one already fetched.
// post() and stop() may be called from any thread; everything else only from the loop's thread or
// before run().
// Source: epoll(7), eventfd(2).
#pragma once

#include "core/base/time.h"
#include "core/io/fd.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace podglass::io {

class Loop
{
public:
    using Ready = std::function<void(std::uint32_t events)>; // EPOLLIN | EPOLLOUT | EPOLLHUP | ...
    using Task = std::function<void()>;

    struct TimerId
    {
        std::uint64_t value = 0;
    };

    Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    ~Loop();

    // `fd` stays the caller's and must be unwatched before it is closed. False: epoll refused
    // (regular files cannot be watched), errno says why.
    bool watch(int fd, std::uint32_t events, Ready ready);
    void change(int fd, std::uint32_t events);
    void unwatch(int fd);

    TimerId after(base::Duration delay, Task task);
    void cancel(TimerId timer);

    void post(Task task);

    void run();
    // One round, waiting at most `wait`; for tests and embedding.
    void runOnce(base::Duration wait);
    void stop();

    [[nodiscard]] static base::Instant now() { return std::chrono::steady_clock::now(); }

private:
    struct Watch
    {
        Ready ready;
        std::uint64_t generation = 0;
    };

    [[nodiscard]] int waitMilliseconds(base::Duration wait) const;
    void runPosted();
    void runTimers();
    void dispatch(std::uint64_t tag, std::uint32_t events);

    Fd m_epoll;
    Fd m_bell;
    std::unordered_map<int, std::shared_ptr<Watch>> m_watches;
    std::uint64_t m_nextGeneration = 1;
    std::multimap<base::Instant, std::pair<std::uint64_t, Task>> m_timers;
    std::uint64_t m_nextTimer = 1;
    std::mutex m_postedMutex;
    std::vector<Task> m_posted;
    bool m_stopping = false;
};

} // namespace podglass::io
