// SPDX-License-Identifier: Apache-2.0
// ClientConnection: one client of the agent, from its first Hello to its end.
//
// It reads the client's messages and hands what concerns targets and ports to Requests; it answers
// pings; it sends control messages first and then, within the client's credit on the event channel,
// what the feed holds. A client that says nothing for limits::silentPeer is gone, and so are its
// steals. Failures of one client never touch another.
// Thread: the io thread. Requests must not destroy the connection inside a call; ended() is the
// last one, and the owner then destroys it from the loop.
#pragma once

#include "core/agent/event_feed.h"
#include "core/agent/frame_stream.h"
#include "core/agent/handshake.h"
#include "core/agent/steal_streams.h"

#include <string>

namespace podglass::agent {

class ClientConnection;

class ClientRequests
{
public:
    ClientRequests() = default;
    ClientRequests(const ClientRequests&) = delete;
    ClientRequests& operator=(const ClientRequests&) = delete;
    virtual ~ClientRequests() = default;

    virtual void listTargets(ClientConnection& client, const wire::ListTargets& request) = 0;
    virtual void listRules(ClientConnection& client, const wire::ListRules& request) = 0;
    virtual void attach(ClientConnection& client, const wire::Attach& request) = 0;
    virtual void detach(ClientConnection& client, const wire::Detach& request) = 0;
    virtual void setPort(ClientConnection& client, const wire::SetPort& request) = 0;
    virtual void setTls(ClientConnection& client, const wire::SetTls& request) = 0;
    virtual void endOld(ClientConnection& client, const wire::EndOld& request) = 0;
    virtual void setDelivery(ClientConnection& client, const wire::SetDelivery& request) = 0;
    virtual void ended(ClientConnection& client, const std::string& why) = 0;
};

struct ClientSetup
{
    base::ClientId id;
    io::Fd input;
    io::Fd output;
    wire::Hello hello;
    std::optional<Secret> secret; // none: no proof is asked
};

class ClientConnection
{
public:
    ClientConnection(io::Loop& loop, ClientSetup setup, ClientRequests& requests);

    // Says Hello. An error: the stream cannot be served.
    base::Status start();

    void send(const wire::Message& message) { m_frames.send(message); }

    // A ring that this client follows has something new.
    void wake();
    // Each second: lease and keepalive.
    void tick(base::Instant now);
    void close(const std::string& reason);

    [[nodiscard]] base::ClientId id() const { return m_id; }

    [[nodiscard]] const std::string& name() const { return m_handshake.clientName(); }

    [[nodiscard]] bool ready() const { return m_handshake.done() && !m_ended; }

    EventFeed& feed() { return m_feed; }

    StealStreams& streams() { return m_streams; }

    // Frames of unknown types that were skipped, and messages about streams that had ended.
    [[nodiscard]] std::uint64_t skipped() const { return m_skipped; }

private:
    void onFrame(const wire::Frame& frame);
    void onMessage(const wire::Message& message);
    void greet(const wire::Hello& hello);
    void prove(const wire::Proof& proof);
    bool takeStream(const wire::Message& message);
    bool takeRequest(const wire::Message& message);
    void takeCredit(const wire::Credit& credit);
    void fill(std::vector<std::uint8_t>& out, std::size_t most);
    void refuse(const base::Error& error);
    void end(const std::string& why);

    base::ClientId m_id;
    ClientRequests& m_requests;
    Handshake m_handshake;
    FrameStream m_frames;
    StealStreams m_streams;
    EventFeed m_feed;
    std::uint64_t m_eventCredit = 0;
    base::Instant m_lastHeard;
    base::Instant m_lastAsked;
    std::uint64_t m_skipped = 0;
    bool m_ended = false;
};

} // namespace podglass::agent
