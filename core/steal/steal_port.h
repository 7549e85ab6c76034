// SPDX-License-Identifier: Apache-2.0
// StealPort: one stolen port of one target. Redirects new connections to a listener of the agent,
// reads each request's head, hands the requests that a taking's filter matches to that client and
// gives everything else back to the original service, byte for byte.
//
// Contract: existing connections are untouched. Exactly one upstream connection per client
// connection; it carries the mark that the redirect rules let pass, so a passed-on connection can
// never come back (incident I1). When start() fails, or stop() or the destructor ran, no rule is
// left; the rules belong to a netlink socket, so the kernel removes them if the process dies.
// Thread: the loop's. Events of proxied connections go to `parsers` (flow::Origin::Steal).
#pragma once

#include "core/base/result.h"
#include "core/filter/evaluate.h"
#include "core/io/loop.h"
#include "core/io/tls.h"
#include "core/reassembly/stream_sink.h"
#include "core/steal/privileges.h"
#include "core/steal/tls_counts.h"
#include "core/wire/message.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace podglass::steal {

// One client's wish for this port. The first that matches (by age) takes the request.
struct Taking
{
    base::ClientId client;
    std::uint64_t revision = 0;
    std::shared_ptr<const filter::CompiledFilter> filter;
    wire::OnTakerFailure onFailure = wire::OnTakerFailure::BadGateway;
};

// The bytes of one stolen request and its response, between the proxy and a client's session.
// Back-pressure: write() takes what fits and says how much; onWritable is called when there is room
// again. Either side may end() its direction or reset() both.
class TakerStream
{
public:
    struct Events
    {
        std::function<std::size_t(bytes::ByteView)> onData; // takes a part; resume() asks for more
        std::function<void()> onEnd;
        std::function<void(wire::StealFailure, std::string_view)> onReset;
        std::function<void()> onWritable;
        std::function<void()> onAlive; // no bytes yet, but its answer is being made
    };

    TakerStream() = default;
    TakerStream(const TakerStream&) = delete;
    TakerStream& operator=(const TakerStream&) = delete;
    // Destroying an unfinished stream resets it (CallerGone).
    virtual ~TakerStream() = default;

    virtual std::size_t write(bytes::ByteView data) = 0;
    virtual void end() = 0;
    virtual void reset(wire::StealFailure failure, std::string_view message) = 0;
    virtual void resume() = 0; // onData took less than it was given; call it again
};

// Implemented by the agent: opens a stream to the session of a client.
class TakerGate
{
public:
    TakerGate() = default;
    TakerGate(const TakerGate&) = delete;
    TakerGate& operator=(const TakerGate&) = delete;
    virtual ~TakerGate() = default;

    // Null: the client is gone.
    virtual std::unique_ptr<TakerStream>
    open(base::ClientId client, wire::StealOpen request, TakerStream::Events events) = 0;
};

// Tells the rest of the agent which four-tuples the proxy owns, so that the passive capture does
// not show them a second time. Called on the loop's thread.
class ProxyObserver
{
public:
    ProxyObserver() = default;
    ProxyObserver(const ProxyObserver&) = delete;
    ProxyObserver& operator=(const ProxyObserver&) = delete;
    virtual ~ProxyObserver() = default;

    virtual void
    ownsConnection(const flow::Endpoint& client, const flow::Endpoint& server, bool owned) = 0;
    virtual void decided(flow::Event decision) = 0;
    // The redirect was removed by itself (loop, limit, rules deleted by others): the port is back
    // to Mirror. Words for the user.
    virtual void gaveUp(std::uint16_t port, std::string_view why) = 0;
};

struct StealSetup
{
    int networkNamespace = -1; // descriptor of the target's; the caller's, outlives the StealPort
    Privileges* privileges = nullptr; // outlives the StealPort; none: this process's own
    std::uint16_t port = 0;
    base::TargetId target;
    // Gives the ids of proxied connections, unique for the agent's life (the capture's source of
    // them); empty: from 2^62 + (port << 32) on.
    std::function<base::ConnectionId()> nextConnection;

    // As on kernels before 5.12, where the redirect ends by a timeout: RedirectWish::timed.
    bool timed = false;

    // Only for tests of the loop guard (incident I1): each leaves out one of its three parts.
    bool withoutMarkRule = false;
    bool withoutSelfTest = false;
};

class StealPort
{
public:
    StealPort(io::Loop& loop,
              StealSetup setup,
              reassembly::StreamFactory& parsers,
              TakerGate& gate,
              ProxyObserver& observer);
    StealPort(const StealPort&) = delete;
    StealPort& operator=(const StealPort&) = delete;
    ~StealPort();

    // Installs listener and rules after a self-test; an error says what is missing.
    base::Status start();

    // Replaces all takings; open exchanges keep the decision they have.
    void setTakings(std::vector<Taking> takings);

    // Ends the TLS of connections to come by this certificate and key; none: leaves TLS alone.
    void setTls(std::shared_ptr<const io::TlsTermination> tls);

    // Removes the rules at once; connections already proxied go on until they end. drained() is
    // true when none is left and the object may go.
    void release();
    // Closes the connections that carried no byte for so long, as seen by calling this now and
    // then; zero: resets all of them.
    void endSilent(base::Duration patience);
    [[nodiscard]] bool drained() const;

    [[nodiscard]] std::size_t proxied() const;
    [[nodiscard]] const TlsCounts& tlsCounts() const;
    [[nodiscard]] std::string rulesText() const; // in nft's syntax

private:
    class Impl;
    std::shared_ptr<Impl> m_impl; // shared only with its own callbacks under way
};

} // namespace podglass::steal
