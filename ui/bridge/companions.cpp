// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/companions.h"

#include "core/session/ports.h"

#include <algorithm>

namespace podglass::bridge {

// Without an id nothing can be asked of it yet.
std::vector<std::uint16_t> Companions::portsOf(const Companion& companion)
{
    if (!companion.target.target)
        return {};
    return companion.port != 0 ? std::vector{companion.port}
                               : session::portsWorthFollowing(companion.target);
}

const Companions::Companion* Companions::find(base::TargetId target) const
{
    const auto found = std::find_if(m_all.begin(), m_all.end(), [&](const Companion& each) {
        return each.target.target == target && target;
    });
    return found == m_all.end() ? nullptr : &*found;
}

const Companions::Companion* Companions::find(const std::string& spec) const
{
    const auto found = std::ranges::find(m_all, spec, &Companion::spec);
    return found == m_all.end() ? nullptr : &*found;
}

bool Companions::attach(const QString& spec, quint16 port)
{
    if (m_all.size() >= companionTargets)
        return false;
    Companion& added = m_all.emplace_back();
    added.spec = spec.toStdString();
    added.port = port;
    added.request = m_link.attach(added.spec);
    return true;
}

void Companions::detach(const std::string& spec)
{
    const auto found = std::ranges::find(m_all, spec, &Companion::spec);
    if (found == m_all.end())
        return;
    if (found->target.target)
        m_link.detach(found->target.target);
    m_all.erase(found);
}

void Companions::detachAll()
{
    while (!m_all.empty())
        detach(m_all.back().spec);
}

void Companions::setMode(wire::Mode mode)
{
    m_mode = mode == wire::Mode::Off ? mode : wire::Mode::Mirror;
    for (const Companion& each : m_all)
        send(each, portsOf(each));
}

void Companions::setDelivery(const wire::SetDelivery& wish)
{
    m_delivery = wish;
    if (m_mode == wire::Mode::Off)
        return;
    for (const Companion& each : m_all)
        for (const std::uint16_t port : portsOf(each))
            sendDelivery(each, port);
}

void Companions::sendDelivery(const Companion& companion, std::uint16_t port)
{
    wire::SetDelivery wish = *m_delivery;
    wish.target = companion.target.target;
    wish.port = port;
    m_link.setDelivery(wish);
}

void Companions::send(const Companion& companion, const std::vector<std::uint16_t>& ports)
{
    for (const std::uint16_t port : ports) {
        wire::SetPort wanted;
        wanted.target = companion.target.target;
        wanted.port = port;
        wanted.mode = m_mode;
        m_link.setPort(wanted);
        if (m_delivery && m_mode != wire::Mode::Off)
            sendDelivery(companion, port);
    }
}

bool Companions::onAttached(const wire::Attached& attached)
{
    const auto found = std::ranges::find(m_all, attached.request, &Companion::request);
    if (found == m_all.end() || attached.request == 0)
        return false;
    // The same one again, after a break: the session has said to the new agent what was wanted.
    const bool again = found->target.target == attached.target;
    const std::vector<std::uint16_t> before =
        again ? portsOf(*found) : std::vector<std::uint16_t>();
    found->target = attached;
    found->gone.clear();
    std::vector<std::uint16_t> fresh = portsOf(*found);
    std::erase_if(fresh, [&](std::uint16_t port) {
        return std::find(before.begin(), before.end(), port) != before.end();
    });
    send(*found, fresh);
    return true;
}

bool Companions::onFailure(const wire::Failure& failure)
{
    if (failure.request != 0)
        return forget(failure.request);
    const auto found = std::find_if(m_all.begin(), m_all.end(), [&](const Companion& each) {
        return each.target.target && each.target.target == failure.target;
    });
    if (found == m_all.end())
        return false;
    found->gone = QString::fromStdString(failure.what);
    return true;
}

bool Companions::forget(std::uint32_t request)
{
    return std::erase_if(m_all, [&](const Companion& each) { return each.request == request; })
           != 0;
}

void Companions::sessionEnded()
{
    for (Companion& each : m_all) {
        each.request = 0;
        each.target = {};
        each.gone.clear();
    }
}

void Companions::attachAgain()
{
    for (Companion& each : m_all)
        if (each.request == 0)
            each.request = m_link.attach(each.spec);
}

} // namespace podglass::bridge
