// SPDX-License-Identifier: GPL-3.0-or-later
// Attachment: the target the window is attached to, what is wanted of its ports and what the agent
// says is in force; and those mirrored beside it. What sends SetPort is here and in Companions.
// Steal is never resumed by itself: after the session was cut, the agent's answer decides what is
// shown. Thread: the window's.
#pragma once

#include "core/filter/filter.h"

#include "ui/bridge/companions.h"
#include "ui/bridge/feed.h"
#include "ui/bridge/link.h"

#include <QString>
#include <QVector>

namespace podglass::bridge {

class Attachment : public QObject
{
    Q_OBJECT

public:
    Attachment(Link& link, Feed& feed, QObject* parent = nullptr);

    [[nodiscard]] bool attached() const { return static_cast<bool>(m_target.target); }

    // Why nothing more comes from the target; empty while it is there.
    [[nodiscard]] const QString& gone() const { return m_gone; }

    [[nodiscard]] const wire::Attached& target() const { return m_target; }

    // "checkout (build-3)"
    [[nodiscard]] QString name() const;

    // `port` 0: all that listen. View only: this window will not steal from it.
    void attach(const QString& spec, quint16 port = 0, bool viewOnly = false);
    // From those beside it too.
    void detach();

    [[nodiscard]] const std::vector<Companions::Companion>& companions() const
    {
        return m_beside.all();
    }

    // Why not, in words; empty: it was asked for.
    QString attachBeside(const QString& spec, quint16 port = 0);
    void detachBeside(const std::string& spec);
    // The next session is of another road: they are not attached again.
    void forgetBeside();

    // The ports in use; none: all that listen.
    void setPorts(const QVector<quint16>& ports);

    [[nodiscard]] QVector<quint16> ports() const;

    // The one port that is stolen from; the others in use stay mirrored. 0: still to be chosen.
    [[nodiscard]] quint16 stealPort() const;
    void setStealPort(quint16 port);

    void setMode(wire::Mode mode);

    // What the agent last said: the strongest mode of the ports in use.
    [[nodiscard]] wire::Mode mode() const;

    [[nodiscard]] wire::Mode wantedMode() const { return m_wanted; }

    [[nodiscard]] bool viewOnly() const { return m_viewOnly; }

    [[nodiscard]] bool canSteal() const;
    // Why not, in words; empty when it can.
    [[nodiscard]] QString lacking() const;

    // Asks for the packet rules in force: Feed::rules. False: this agent cannot read them.
    bool askForRules();

    void setStealFilter(const filter::Filter& filter);

    [[nodiscard]] const filter::Filter& stealFilter() const { return m_filter; }

    [[nodiscard]] quint64 revision() const { return m_revision; }

    // In force at the agent.
    [[nodiscard]] quint64 appliedRevision() const { return m_applied; }

    void setTaker(const session::Taker& taker, wire::OnTakerFailure onFailure);

    // The certificate and key of the stolen port; texts empty: its TLS is left alone. For this
    // stealing only: the agent forgets the key when it ends. Sent at once, kept nowhere.
    void setTls(std::string certificate, std::string key);
    // What became of TLS at the stolen port; no certificate: it is left alone.
    [[nodiscard]] wire::TlsState tls() const;

    [[nodiscard]] const session::Taker& taker() const { return m_taker; }

    // The link was lost while stealing, and nothing was asked for since.
    [[nodiscard]] bool cutWhileStealing() const { return m_cutWhileStealing; }

    // Open when stealing began: their requests stay with the service until they close.
    [[nodiscard]] quint32 oldConnections() const;

    [[nodiscard]] bool canEndOld() const;
    void endOld();

    // How much of what is seen is delivered to this window; kept for targets to come. None was
    // asked for: everything.
    void setDelivery(const wire::SetDelivery& wish);

    [[nodiscard]] const wire::SetDelivery& delivery() const { return m_delivery; }

    // Others at the same ports.
    [[nodiscard]] QStringList otherClients() const;

signals:
    void changed();
    // The agent refused or changed something by itself.
    void notice(const QString& text);

private:
    void onFailure(const wire::Failure& failure);
    void onAttached(const wire::Attached& attached);
    void onPortState(const wire::PortState& state);
    void onTlsState(const wire::TlsState& state);
    void onOldEnded(const wire::OldEnded& ended);
    void onState(const session::StateChanged& state);
    void leave();
    void send();
    void sendTo(const QVector<quint16>& ports);
    void sendTaker();
    void sendDelivery(quint16 port);

    Link& m_link;
    Companions m_beside;
    std::uint32_t m_request = 0; // of the Attach of m_target
    wire::Attached m_target;
    QString m_host;
    QString m_gone;
    QVector<quint16> m_ports;
    quint16 m_stealPort = 0;
    bool m_viewOnly = false;
    bool m_cutWhileStealing = false;
    std::map<quint16, wire::PortState> m_states;
    std::map<quint16, wire::TlsState> m_tls;
    filter::Filter m_filter;
    session::Taker m_taker;
    wire::OnTakerFailure m_onFailure = wire::OnTakerFailure::BadGateway;
    wire::SetDelivery m_delivery; // of every port; without target and port
    bool m_deliverySaid = false;  // an agent was told of one: it must be told of its end too
    wire::Mode m_wanted = wire::Mode::Off;
    quint64 m_revision = 1;
    quint64 m_applied = 0;
};

} // namespace podglass::bridge
