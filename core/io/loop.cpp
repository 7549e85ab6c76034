// SPDX-License-Identifier: Apache-2.0
#include "core/io/loop.h"

#include <algorithm>
#include <array>

#include <sys/epoll.h>

namespace podglass::io {

namespace {

constexpr std::uint64_t bellTag = ~std::uint64_t{0};

// The descriptor in the low half; the generation tells a reused number from the watch it was.
std::uint64_t tagOf(int fd, std::uint64_t generation)
{
    return (generation << 32) | static_cast<std::uint32_t>(fd);
}

} // namespace

Loop::Loop()
    : m_epoll(::epoll_create1(EPOLL_CLOEXEC))
    , m_bell(makeEventFd())
{
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = bellTag;
    ::epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, m_bell.get(), &event);
}

Loop::~Loop() = default;

bool Loop::watch(int fd, std::uint32_t events, Ready ready)
{
    const std::uint64_t generation = m_nextGeneration++ & 0xffffffff;
    epoll_event event{};
    event.events = events;
    event.data.u64 = tagOf(fd, generation);
    if (::epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, fd, &event) != 0)
        return false;
    m_watches[fd] = std::make_shared<Watch>(Watch{std::move(ready), generation});
    return true;
}

void Loop::change(int fd, std::uint32_t events)
{
    const auto found = m_watches.find(fd);
    if (found == m_watches.end())
        return;
    epoll_event event{};
    event.events = events;
    event.data.u64 = tagOf(fd, found->second->generation);
    ::epoll_ctl(m_epoll.get(), EPOLL_CTL_MOD, fd, &event);
}

void Loop::unwatch(int fd)
{
    if (m_watches.erase(fd) != 0)
        ::epoll_ctl(m_epoll.get(), EPOLL_CTL_DEL, fd, nullptr);
}

Loop::TimerId Loop::after(base::Duration delay, Task task)
{
    const std::uint64_t id = m_nextTimer++;
    m_timers.emplace(now() + delay, std::pair(id, std::move(task)));
    return {id};
}

void Loop::cancel(TimerId timer)
{
    std::erase_if(m_timers, [&](const auto& entry) { return entry.second.first == timer.value; });
}

void Loop::post(Task task)
{
    {
        const std::scoped_lock lock(m_postedMutex);
        m_posted.push_back(std::move(task));
    }
    ring(m_bell);
}

void Loop::stop()
{
    post([this] { m_stopping = true; });
}

void Loop::run()
{
    m_stopping = false;
    while (!m_stopping)
        runOnce(std::chrono::hours(1));
}

void Loop::runOnce(base::Duration wait)
{
    std::array<epoll_event, 64> events{};
    const int count = ::epoll_wait(
        m_epoll.get(), events.data(), static_cast<int>(events.size()), waitMilliseconds(wait));
    for (int i = 0; i < count && !m_stopping; ++i)
        dispatch(events[static_cast<std::size_t>(i)].data.u64,
                 events[static_cast<std::size_t>(i)].events);
    runTimers();
}

void Loop::dispatch(std::uint64_t tag, std::uint32_t events)
{
    if (tag == bellTag) {
        runPosted();
        return;
    }
    const int fd = static_cast<int>(tag & 0xffffffff);
    const auto found = m_watches.find(fd);
    if (found == m_watches.end() || found->second->generation != tag >> 32)
        return; // removed by an earlier callback of this round
    const std::shared_ptr<Watch> alive = found->second; // it may remove itself
    alive->ready(events);
}

void Loop::runPosted()
{
    silence(m_bell);
    std::vector<Task> tasks;
    {
        const std::scoped_lock lock(m_postedMutex);
        tasks.swap(m_posted);
    }
    for (Task& task : tasks)
        task();
}

void Loop::runTimers()
{
    const base::Instant current = now();
    while (!m_timers.empty() && m_timers.begin()->first <= current && !m_stopping) {
        auto due = m_timers.extract(m_timers.begin());
        due.mapped().second();
    }
}

int Loop::waitMilliseconds(base::Duration wait) const
{
    if (!m_timers.empty())
        wait = std::min<base::Duration>(wait, m_timers.begin()->first - now());
    if (wait <= base::Duration::zero())
        return 0;
    // Rounded up, or the loop would spin through the last millisecond.
    return static_cast<int>(
        std::min<std::int64_t>((wait.count() + 999'999) / 1'000'000, 3'600'000));
}

} // namespace podglass::io
