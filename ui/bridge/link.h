// SPDX-License-Identifier: GPL-3.0-or-later
// Link: what the window may ask of a session. session::Session stands behind it in the program, a
// script in tests. Results come as session::Update, by Feed. Thread: the window's.
#pragma once

#include "core/session/session.h"

#include <optional>
#include <string>

namespace podglass::bridge {

class Link
{
public:
    Link() = default;
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
    virtual ~Link() = default;

    // Starts anew with another road; the old session ends.
    virtual void open(const session::Road& road) = 0;
    // Reads the beginning of a file only: is it a capture?
    [[nodiscard]] virtual base::Status checkFile(const std::string& path) = 0;
    // The same with a capture file instead of an agent; FileProgress says how far it is read.
    virtual void openFile(const std::string& path) = 0;
    virtual void close() = 0;
    virtual void listTargets() = 0;
    virtual std::uint32_t attach(const std::string& spec) = 0;
    virtual void detach(base::TargetId target) = 0;
    virtual void listRules(base::TargetId target) = 0;
    virtual void setPort(const wire::SetPort& wanted) = 0;
    // As those of session::Session.
    virtual void setTls(wire::SetTls wanted) = 0;
    virtual void endOld(base::TargetId target, std::uint16_t port) = 0;
    // After setPort() of that port.
    virtual void setDelivery(const wire::SetDelivery& wanted) = 0;
    virtual void
    setTaker(base::TargetId target, std::uint16_t port, const session::Taker& taker) = 0;
    virtual void release(std::uint64_t held, const session::Release& release) = 0;
    virtual void answer(std::uint32_t prompt, std::optional<std::string> text) = 0;
};

} // namespace podglass::bridge
