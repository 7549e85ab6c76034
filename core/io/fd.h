// SPDX-License-Identifier: Apache-2.0
// Fd: the one owner of a file descriptor. Moves, never copies; closes once.
#pragma once

#include <utility>

namespace podglass::io {

class Fd
{
public:
    Fd() = default;

    explicit Fd(int number)
        : m_number(number)
    {}

    Fd(Fd&& other) noexcept
        : m_number(std::exchange(other.m_number, -1))
    {}

    Fd& operator=(Fd&& other) noexcept
    {
        if (this != &other)
            reset(std::exchange(other.m_number, -1));
        return *this;
    }

    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;

    ~Fd() { reset(); }

    explicit operator bool() const { return m_number >= 0; }

    [[nodiscard]] int get() const { return m_number; }

    [[nodiscard]] int release() { return std::exchange(m_number, -1); }

    void reset(int number = -1);

private:
    int m_number = -1;
};

// A non-blocking, close-on-exec eventfd; ring() makes it readable, silence() empties it.
Fd makeEventFd();
void ring(const Fd& bell);
void silence(const Fd& bell);

bool setNonBlocking(int fd, bool on);

} // namespace podglass::io
