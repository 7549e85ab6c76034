// SPDX-License-Identifier: GPL-3.0-or-later
// SessionLink: a Link over a real session. Ending a session may take up to 2 s; it is done when a
// new road is opened or at the end. Thread: the window's.
#pragma once

#include "ui/bridge/link.h"

#include <memory>

namespace podglass::bridge {

struct Programs
{
    std::string agent;
    std::string sshHelper;
    std::string clientName;
};

class SessionLink : public Link
{
public:
    SessionLink(Programs programs, session::Updates& updates);

    void open(const session::Road& road) override;
    void close() override;
    void listTargets() override;
    std::uint32_t attach(const std::string& spec) override;
    void detach(base::TargetId target) override;
    void setPort(const wire::SetPort& wanted) override;
    void setTaker(base::TargetId target, std::uint16_t port, const session::Taker& taker) override;
    void answer(std::uint32_t prompt, std::optional<std::string> text) override;

private:
    Programs m_programs;
    session::Updates& m_updates;
    std::unique_ptr<session::Session> m_session;
};

} // namespace podglass::bridge
