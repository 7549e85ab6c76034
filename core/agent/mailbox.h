// SPDX-License-Identifier: Apache-2.0
// Mailbox: how the io thread and a capture thread leave each other notes without a lock (incident
// I4: the capture thread never waits). Any thread puts, one thread takes.
// Contract: put() and take() never wait; items come out in the order they were put in by each
// thread. Unbounded: what goes through are intents of people and reports each second, no traffic.
#pragma once

#include "core/io/fd.h"

#include <atomic>
#include <utility>
#include <vector>

namespace podglass::agent {

template <typename T>
class Mailbox
{
public:
    Mailbox() = default;
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;

    ~Mailbox() { take(); }

    void put(T item)
    {
        Note* note = new Note{std::move(item), m_newest.load(std::memory_order_relaxed)};
        while (!m_newest.compare_exchange_weak(
            note->older, note, std::memory_order_release, std::memory_order_relaxed)) {}
        io::ring(m_bell);
    }

    // Everything that waits, oldest first.
    std::vector<T> take()
    {
        io::silence(m_bell);
        Note* note = m_newest.exchange(nullptr, std::memory_order_acquire);
        std::vector<T> items;
        while (note != nullptr) {
            items.push_back(std::move(note->item));
            delete std::exchange(note, note->older);
        }
        return {std::make_move_iterator(items.rbegin()), std::make_move_iterator(items.rend())};
    }

    // Readable when there is something to take.
    [[nodiscard]] int wakeFd() const { return m_bell.get(); }

private:
    struct Note
    {
        T item;
        Note* older;
    };

    std::atomic<Note*> m_newest{nullptr};
    io::Fd m_bell = io::makeEventFd();
};

} // namespace podglass::agent
