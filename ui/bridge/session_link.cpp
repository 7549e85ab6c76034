// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/session_link.h"

#include "core/base/limits.h"
#include "core/files/file_source.h"

#include <filesystem>
#include <utility>

namespace podglass::bridge {

namespace {

std::unique_ptr<session::Updates> newQueue()
{
    return std::make_unique<session::Updates>(limits::sessionChannelBytes);
}

} // namespace

SessionLink::SessionLink(Programs programs)
    : m_programs(std::move(programs))
    , m_updates(newQueue())
{}

SessionLink::~SessionLink()
{
    m_session.reset();
    m_file.reset();
    m_endings.clear();
}

void SessionLink::retire()
{
    std::erase_if(m_endings, [](const Ending& ending) { return ending.over.load(); });
    std::unique_ptr<session::Updates> old = std::exchange(m_updates, newQueue());
    if (m_follow)
        m_follow(*m_updates);
    m_file.reset(); // ends within one batch
    if (!m_session)
        return;
    Ending& ending = m_endings.emplace_back();
    ending.updates = std::move(old);
    ending.session = std::move(m_session);
    ending.thread = std::jthread([&ending] {
        ending.session.reset();
        ending.over = true;
    });
}

void SessionLink::open(const session::Road& road)
{
    retire();
    session::Options options;
    options.road = road;
    options.agentPath = m_programs.agent;
    options.sshHelperPath = m_programs.sshHelper;
    options.clientName = m_programs.clientName;
    m_session = std::make_unique<session::Session>(std::move(options), *m_updates);
    m_session->connect();
}

base::Status SessionLink::checkFile(const std::string& path)
{
    std::error_code problem;
    const auto status = std::filesystem::status(path, problem);
    // A pipe would be waited for, and what it gives is gone afterwards.
    if (std::filesystem::is_other(status))
        return base::Done{};
    const auto file = files::FileSource::open(path);
    return file ? base::Status(base::Done{}) : file.error();
}

void SessionLink::openFile(const std::string& path)
{
    retire();
    m_file = std::make_unique<files::FileReplay>(path, *m_updates);
}

void SessionLink::close()
{
    if (m_file)
        m_file->cancel();
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

void SessionLink::listRules(base::TargetId target)
{
    if (m_session)
        m_session->listRules(target);
}

void SessionLink::setPort(const wire::SetPort& wanted)
{
    if (m_session)
        m_session->setPort(wanted);
}

void SessionLink::setTls(wire::SetTls wanted)
{
    if (m_session)
        m_session->setTls(std::move(wanted));
}

void SessionLink::endOld(base::TargetId target, std::uint16_t port)
{
    if (m_session)
        m_session->endOld(target, port);
}

void SessionLink::setDelivery(const wire::SetDelivery& wanted)
{
    if (m_session)
        m_session->setDelivery(wanted);
}

void SessionLink::setTaker(base::TargetId target, std::uint16_t port, const session::Taker& taker)
{
    if (m_session)
        m_session->setTaker(target, port, taker);
}

void SessionLink::release(std::uint64_t held, const session::Release& release)
{
    if (m_session)
        m_session->release(held, release);
}

void SessionLink::answer(std::uint32_t prompt, std::optional<std::string> text)
{
    if (m_session)
        m_session->answer(prompt, std::move(text));
}

} // namespace podglass::bridge
