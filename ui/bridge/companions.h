// SPDX-License-Identifier: GPL-3.0-or-later
// Companions: targets mirrored beside the one the window is attached to, by the same agent. They
// are only looked at: what is stolen, and by which filter, is the Attachment's affair, which owns
// this and passes on what it hears. Kept over a reconnect; after the session ended for good they
// are attached again with the next one of the same road. Thread: the window's.
#pragma once

#include "ui/bridge/link.h"

#include <optional>
#include <string>
#include <vector>

#include <QString>

namespace podglass::bridge {

// Beside the one that is attached, of the agent's limits::attachedTargets; policy: refused in
// words.
inline constexpr std::size_t companionTargets = 7;

class Companions
{
public:
    struct Companion
    {
        std::string spec;
        quint16 port = 0;          // 0: all that listen
        std::uint32_t request = 0; // of its Attach; 0: the session ended
        wire::Attached target;     // without id until the agent answered
        QString gone;              // why nothing more comes from it; empty: it is there
    };

    explicit Companions(Link& link)
        : m_link(link)
    {}

    [[nodiscard]] const std::vector<Companion>& all() const { return m_all; }

    [[nodiscard]] const Companion* find(base::TargetId target) const;
    [[nodiscard]] const Companion* find(const std::string& spec) const;

    // False: there are companionTargets of them already.
    bool attach(const QString& spec, quint16 port);
    void detach(const std::string& spec);
    void detachAll();

    // What is wanted of all of them: Mirror or Off.
    void setMode(wire::Mode mode);
    // Without target and port.
    void setDelivery(const wire::SetDelivery& wish);

    // True: it was about one of these.
    bool onAttached(const wire::Attached& attached);
    bool onFailure(const wire::Failure& failure);
    // The one of this Attach, without telling the agent. True: there was one.
    bool forget(std::uint32_t request);
    // The session is over: its ids mean nothing any more.
    void sessionEnded();
    // A new session has attached its first target.
    void attachAgain();

private:
    [[nodiscard]] static std::vector<std::uint16_t> portsOf(const Companion& companion);
    void send(const Companion& companion, const std::vector<std::uint16_t>& ports);
    void sendDelivery(const Companion& companion, std::uint16_t port);

    Link& m_link;
    std::vector<Companion> m_all;
    wire::Mode m_mode = wire::Mode::Mirror;
    std::optional<wire::SetDelivery>
        m_delivery; // none: all is delivered, nobody was told otherwise
};

} // namespace podglass::bridge
