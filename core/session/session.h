// SPDX-License-Identifier: Apache-2.0
// Session: one agent, reached over one road, followed from one thread of its own. It connects,
// shakes hands, keeps alive, reconnects, decodes, and relays stolen requests to the taker.
//
// Thread: every public function may be called from any one thread (the window's); the work is done
// on the session's thread; results arrive in `updates`, which must outlive the session.
// Errors: as StateChanged{Failed}, wire::Failure or Step lines; nothing is thrown.
#pragma once

#include "core/channel/channel.h"
#include "core/session/address.h"
#include "core/session/taker.h"
#include "core/session/update.h"

#include <memory>
#include <optional>
#include <string>

namespace podglass::session {

using Updates = channel::Channel<Update>;

struct Options
{
    Road road;
    std::string agentPath; // local podglass-agent file, run here or uploaded; "…-tls" lies beside
    std::string sshHelperPath; // podglass-ssh
    std::string clientName;    // "ana@laptop", shown to other users of the agent
    bool reconnect = true;
    bool trustKubeconfig = false; // run its login programs, and all else it says, unasked
};

class Session
{
public:
    Session(Options options, Updates& updates);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    // Releases what is stolen, says Goodbye, joins the thread; at most 2 s.
    ~Session();

    void connect();
    void disconnect();
    void listTargets();
    // Attached (with the agent's TargetId) or Failure follows, both with the returned request.
    std::uint32_t attach(std::string spec);
    void detach(base::TargetId target);
    // Rules or Failure follows with the returned request; asked of an agent that said
    // Capability::Rules only, else nothing is sent.
    std::uint32_t listRules(base::TargetId target);
    void setPort(wire::SetPort wanted);
    // Before the setPort() that steals the port and ends its TLS; without certificate: TLS is left
    // alone. Where the agent cannot, but one of ours could take its place, it does (Connecting,
    // Live); else that setPort() is refused. TlsState follows each second in which it changed.
    void setTls(wire::SetTls wanted);
    // OldEnded or Failure follows with the returned request.
    std::uint32_t endOld(base::TargetId target, std::uint16_t port);
    // After setPort() of that port. DeliveryState follows each second in which something changed.
    void setDelivery(const wire::SetDelivery& wanted);
    void setTaker(base::TargetId target, std::uint16_t port, Taker taker);
    // HeldOver follows, or HeldRefused, and it stays held.
    void release(std::uint64_t held, Release release);
    // Answer of a Prompt; an empty optional means cancel. HostKey and
    // Permission: "once" or "save".
    void answer(std::uint32_t prompt, std::optional<std::string> text);

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace podglass::session
