// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/attachment.h"

#include "core/base/wipe.h"
#include "core/filter/text.h"
#include "core/session/ports.h"

#include <algorithm>

#include <QStringList>

namespace podglass::bridge {

Attachment::Attachment(Link& link, Feed& feed, QObject* parent)
    : QObject(parent)
    , m_link(link)
    , m_beside(link)
{
    connect(&feed, &Feed::attached, this, &Attachment::onAttached);
    connect(&feed, &Feed::portState, this, &Attachment::onPortState);
    connect(&feed, &Feed::failure, this, &Attachment::onFailure);
    connect(&feed, &Feed::tlsState, this, &Attachment::onTlsState);
    connect(&feed, &Feed::oldEnded, this, &Attachment::onOldEnded);
    connect(&feed, &Feed::stateChanged, this, &Attachment::onState);
    connect(&feed, &Feed::hello, this, [this](const wire::Hello& hello) {
        m_host = QString::fromStdString(hello.host);
    });
}

QString Attachment::name() const
{
    if (!attached())
        return {};
    const QString name =
        QString::fromStdString(m_target.name.empty() ? m_target.spec : m_target.name);
    return m_host.isEmpty() ? name : tr("%1 on %2").arg(name, m_host);
}

void Attachment::attach(const QString& spec, quint16 port, bool viewOnly)
{
    leave();
    m_beside.detach(spec.toStdString());
    m_ports = port == 0 ? QVector<quint16>() : QVector<quint16>{port};
    m_stealPort = port;
    m_viewOnly = viewOnly;
    m_request = m_link.attach(spec.toStdString());
}

QString Attachment::attachBeside(const QString& spec, quint16 port)
{
    if (m_target.spec == spec.toStdString() || m_beside.find(spec.toStdString()) != nullptr)
        return tr("%1 is followed already.").arg(spec);
    if (!m_beside.attach(spec, port))
        return tr("A window follows %1 targets at most; open another window for %2.")
            .arg(companionTargets + 1)
            .arg(spec);
    return {};
}

void Attachment::detachBeside(const std::string& spec)
{
    m_beside.detach(spec);
    emit changed();
}

void Attachment::forgetBeside()
{
    m_beside.detachAll();
}

void Attachment::detach()
{
    m_beside.detachAll();
    leave();
}

void Attachment::leave()
{
    if (!attached())
        return;
    m_link.detach(m_target.target);
    m_target = {};
    m_gone.clear();
    m_states.clear();
    m_ports.clear();
    m_stealPort = 0;
    m_wanted = wire::Mode::Off;
    m_applied = 0;
    emit changed();
}

void Attachment::setPorts(const QVector<quint16>& ports)
{
    // What leaves the selection is switched off before the rest is set.
    const QVector<quint16> before = this->ports();
    m_ports = ports;
    const QVector<quint16> now = this->ports();
    for (const quint16 port : before)
        if (!now.contains(port) && attached()) {
            wire::SetPort off;
            off.target = m_target.target;
            off.port = port;
            m_link.setPort(off);
        }
    if (!now.contains(m_stealPort))
        m_stealPort = 0;
    send();
    emit changed();
}

quint16 Attachment::stealPort() const
{
    const QVector<quint16> all = ports();
    return all.size() == 1 ? all.first() : m_stealPort;
}

void Attachment::setStealPort(quint16 port)
{
    if (port == stealPort())
        return;
    m_stealPort = port;
    if (m_wanted == wire::Mode::Steal) {
        sendTaker();
        send();
    }
    emit changed();
}

QVector<quint16> Attachment::ports() const
{
    if (!m_ports.isEmpty())
        return m_ports;
    const auto all = session::portsWorthFollowing(m_target);
    return {all.begin(), all.end()};
}

void Attachment::setMode(wire::Mode mode)
{
    m_wanted = mode;
    m_cutWhileStealing = false;
    if (mode == wire::Mode::Steal)
        sendTaker();
    send();
    m_beside.setMode(mode);
    emit changed();
}

wire::Mode Attachment::mode() const
{
    wire::Mode strongest = wire::Mode::Off;
    for (const auto& [port, state] : m_states)
        if (!state.refused)
            strongest = std::max(strongest, state.mode);
    return strongest;
}

bool Attachment::askForRules()
{
    constexpr auto able = static_cast<std::uint64_t>(wire::Capability::Rules);
    if (!attached() || (m_target.capabilities & able) == 0)
        return false;
    m_link.listRules(m_target.target);
    return true;
}

bool Attachment::canSteal() const
{
    return attached() && !m_viewOnly
           && (m_target.capabilities & static_cast<std::uint64_t>(wire::Capability::Steal)) != 0;
}

QString Attachment::lacking() const
{
    if (canSteal())
        return {};
    if (!attached())
        return tr("Attach to a target first.");
    if (m_viewOnly)
        return tr("This target was opened as view only. Choose it again (Ctrl+T) to steal.");
    return m_target.lacking.empty() ? tr("This agent cannot steal here.")
                                    : QString::fromStdString(m_target.lacking);
}

void Attachment::setStealFilter(const filter::Filter& filter)
{
    if (filter == m_filter)
        return;
    m_filter = filter;
    ++m_revision;
    if (m_wanted == wire::Mode::Steal)
        send();
    emit changed();
}

void Attachment::setTaker(const session::Taker& taker, wire::OnTakerFailure onFailure)
{
    m_taker = taker;
    const bool other = std::exchange(m_onFailure, onFailure) != onFailure;
    if (m_wanted == wire::Mode::Steal) {
        sendTaker();
        if (other)
            send();
    }
    emit changed();
}

quint32 Attachment::oldConnections() const
{
    const auto found = m_states.find(stealPort());
    return found == m_states.end() ? 0 : found->second.oldConnections;
}

bool Attachment::canEndOld() const
{
    return attached() && oldConnections() != 0
           && (m_target.capabilities & static_cast<std::uint64_t>(wire::Capability::EndOld)) != 0;
}

void Attachment::endOld()
{
    if (canEndOld())
        m_link.endOld(m_target.target, stealPort());
}

void Attachment::setTls(std::string certificate, std::string key)
{
    if (!attached() || stealPort() == 0) {
        base::wipe(key);
        return;
    }
    m_link.setTls({m_target.target, stealPort(), std::move(certificate), std::move(key)});
    if (m_wanted == wire::Mode::Steal)
        send(); // with it
}

wire::TlsState Attachment::tls() const
{
    const auto found = m_tls.find(stealPort());
    return found == m_tls.end() || mode() != wire::Mode::Steal ? wire::TlsState() : found->second;
}

QStringList Attachment::otherClients() const
{
    QStringList names;
    for (const auto& [port, state] : m_states)
        for (const std::string& client : state.otherClients)
            if (const QString name = QString::fromStdString(client); !names.contains(name))
                names << name;
    return names;
}

void Attachment::sendTaker()
{
    if (attached() && stealPort() != 0)
        m_link.setTaker(m_target.target, stealPort(), m_taker);
}

void Attachment::send()
{
    sendTo(ports());
}

void Attachment::sendTo(const QVector<quint16>& ports)
{
    if (!attached())
        return;
    for (const quint16 port : ports) {
        wire::SetPort wanted;
        wanted.target = m_target.target;
        wanted.port = port;
        wanted.mode = m_wanted;
        if (m_wanted == wire::Mode::Steal && port != stealPort())
            wanted.mode = wire::Mode::Mirror;
        wanted.revision = m_revision;
        if (wanted.mode == wire::Mode::Steal)
            wanted.filter = filter::print(m_filter);
        wanted.onFailure = m_onFailure;
        m_link.setPort(wanted);
        if (wanted.mode != wire::Mode::Off && m_deliverySaid)
            sendDelivery(port);
    }
}

void Attachment::setDelivery(const wire::SetDelivery& wish)
{
    m_delivery = wish;
    m_deliverySaid = true;
    if (attached() && m_wanted != wire::Mode::Off)
        for (const quint16 port : ports())
            sendDelivery(port);
    m_beside.setDelivery(wish);
    emit changed();
}

void Attachment::sendDelivery(quint16 port)
{
    wire::SetDelivery wanted = m_delivery;
    wanted.target = m_target.target;
    wanted.port = port;
    m_link.setDelivery(wanted);
}

} // namespace podglass::bridge
