// SPDX-License-Identifier: Apache-2.0
// An operator new that fails when told to, and counts what is alive. Included by one file of a test
// program, whose whole C++ heap goes through it. malloc of C libraries is not covered.
// Thread: armed and disarmed by one thread; allocations of others count and fail as well.
#pragma once

#include <atomic>
#include <cstdlib>
#include <limits>
#include <new>

namespace podglass::tests {

struct Heap
{
    static constexpr long never = std::numeric_limits<long>::max();

    std::atomic<bool> armed = false;
    std::atomic<long> asked = 0;        // since it was armed
    std::atomic<long> failFrom = never; // the so-manieth fails,
    std::atomic<long> failUntil = 0;    // and all up to this one
    std::atomic<std::size_t> failSize = std::numeric_limits<std::size_t>::max(); // or larger ones
    std::atomic<long> failed = 0;
    std::atomic<long> alive = 0;

    // Allocations `from` to `until` fail, counted from 1.
    void arm(long from, long until)
    {
        asked = 0;
        failed = 0;
        failFrom = from;
        failUntil = until;
        armed = true;
    }

    void disarm()
    {
        armed = false;
        failSize = std::numeric_limits<std::size_t>::max();
    }
};

inline Heap heap;

} // namespace podglass::tests

// NOLINTBEGIN(misc-definitions-in-headers): replacements cannot be inline
void* operator new(std::size_t size)
{
    using podglass::tests::heap;
    if (heap.armed) {
        const long number = ++heap.asked;
        if ((number >= heap.failFrom && number <= heap.failUntil) || size >= heap.failSize) {
            ++heap.failed;
            throw std::bad_alloc();
        }
    }
    void* made = std::malloc(size == 0 ? 1 : size);
    if (made == nullptr)
        throw std::bad_alloc();
    ++heap.alive;
    return made;
}

void operator delete(void* what) noexcept
{
    if (what == nullptr)
        return;
    --podglass::tests::heap.alive;
    std::free(what);
}

void operator delete(void* what, std::size_t) noexcept
{
    operator delete(what);
}

// NOLINTEND(misc-definitions-in-headers)
