// SPDX-License-Identifier: Apache-2.0
// Failure is a value. Contract: a function that can fail returns Result<T>; nothing is thrown on
// the data path. An Error says what failed, where (which hop) and what to do, in plain words that
// the window and podglassctl show unchanged. Thread: values, no shared state.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace podglass::base {

// Persistent errors need a person (wrong key, no such host); transient ones may be tried again.
enum class Lasting : bool
{
    Transient,
    Persistent
};

struct Error
{
    std::string what;   // "no route to host"
    std::string where;  // "ssh connect to build-3:22"
    std::string advice; // "check the VPN, then try again"; may be empty
    Lasting lasting = Lasting::Persistent;

    // One line: "where: what (advice)".
    [[nodiscard]] std::string text() const;
};

// The error of a failed system call; `what` is strerror(number).
Error systemError(int number, std::string where, std::string advice = {});

template <typename T>
class [[nodiscard]] Result
{
public:
    Result(T value)
        : m_state(std::in_place_index<0>, std::move(value))
    {}

    Result(Error error)
        : m_state(std::in_place_index<1>, std::move(error))
    {}

    explicit operator bool() const { return m_state.index() == 0; }

    [[nodiscard]] T& value() & { return std::get<0>(m_state); }

    [[nodiscard]] const T& value() const& { return std::get<0>(m_state); }

    [[nodiscard]] T&& value() && { return std::get<0>(std::move(m_state)); }

    [[nodiscard]] const Error& error() const { return std::get<1>(m_state); }

    T& operator*() & { return value(); }

    const T& operator*() const& { return value(); }

    T* operator->() { return &value(); }

    const T* operator->() const { return &value(); }

private:
    std::variant<T, Error> m_state;
};

struct Done
{
    bool operator==(const Done&) const = default;
};

using Status = Result<Done>;

} // namespace podglass::base
