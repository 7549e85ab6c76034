// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/session_link.h"

namespace podglass::bridge {

SessionLink::SessionLink(Programs programs, session::Updates& updates)
    : m_programs(std::move(programs))
    , m_updates(updates)
{}

void SessionLink::open(const session::Road& road)
{
    m_session.reset();
    session::Options options;
    options.road = road;
    options.agentPath = m_programs.agent;
    options.sshHelperPath = m_programs.sshHelper;
    options.clientName = m_programs.clientName;
    m_session = std::make_unique<session::Session>(std::move(options), m_updates);
    m_session->connect();
}

void SessionLink::close()
{
    if (m_session)
        m_session->disconnect();
}

void SessionLink::listTargets()
{
    if (m_session)
        m_session->listTargets();
}

std::uint32_t SessionLink::attach(const std::string& spec)
{
    return m_session ? m_session->attach(spec) : 0;
}

void SessionLink::detach(base::TargetId target)
{
    if (m_session)
        m_session->detach(target);
}

void SessionLink::setPort(const wire::SetPort& wanted)
{
    if (m_session)
        m_session->setPort(wanted);
}

void SessionLink::setTaker(base::TargetId target, std::uint16_t port, const session::Taker& taker)
{
    if (m_session)
        m_session->setTaker(target, port, taker);
}

void SessionLink::answer(std::uint32_t prompt, std::optional<std::string> text)
{
    if (m_session)
        m_session->answer(prompt, std::move(text));
}

} // namespace podglass::bridge
