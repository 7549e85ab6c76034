// SPDX-License-Identifier: Apache-2.0
// Everything an agent and a client say to each other besides flow events. FORMAT.md has the bytes.
//
// Conversation: both send Hello; the agent answers the client's Hello with its own (and, when it
// listens on a socket, both prove a shared secret: Hello::nonce, Proof). Then the client asks
// (ListTargets, Attach, SetPort, Detach, Credit, Ping) and the agent answers and tells (TargetList,
// Attached, PortState, Failure, Telemetry, Pong, flow events). Stolen requests travel as byte
// streams of their own (StealOpen, StealData, StealEnd, StealReset).
// Ownership: plain values; decoded messages own their bytes.
#pragma once

#include "core/base/id.h"
#include "core/base/time.h"
#include "core/flow/event.h"
#include "core/wire/telemetry.h"

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace podglass::wire {

using base::ClientId;
using base::ConnectionId;
using base::ExchangeId;
using base::TargetId;

// Same major: the lower minor wins. Other major: refused, naming both.
inline constexpr std::uint16_t protocolMajor = 1;
inline constexpr std::uint16_t protocolMinor = 3;

enum class Capability : std::uint64_t
{
    Mirror = 1,
    Steal = 2, // nftables and CAP_NET_ADMIN are there
    ListTargets = 4,
    EnterNamespace = 8,
    Rules = 16,  // ListRules is answered
    Tls = 32,    // SetTls: this agent can end TLS
    EndOld = 64, // EndOld is answered
};

struct Hello
{
    std::uint16_t major = protocolMajor;
    std::uint16_t minor = protocolMinor;
    std::uint64_t capabilities = 0; // Capability bits; the agent's truth
    std::string build;              // "0.1.0"
    std::string host;               // agent: host name; client: user@host, for "who steals"
    std::string lacking;            // agent: what is missing and why, in words; else empty
    std::array<std::uint8_t, 32> nonce{};
};

// HMAC-SHA-256(secret, role || client nonce || agent nonce); role is "client" or "agent".
struct Proof
{
    std::array<std::uint8_t, 32> mac{};
};

struct ListTargets
{
    std::uint32_t request = 0;
};

struct ListeningPort
{
    std::uint16_t port = 0;
    std::string address; // as bound: "0.0.0.0", "::", "127.0.0.1"
    std::string process; // "nginx"

    bool operator==(const ListeningPort&) const = default;
};

struct Target
{
    std::string spec;      // what Attach takes: "netns:shop", "container:3f…", "pid:77", "self"
    std::string kind;      // "netns", "container", "pod", "host", "process"
    std::string name;      // "shop", "checkout-7d9f"
    std::string detail;    // image, pod namespace, command; may be empty
    std::uint32_t pid = 0; // a process inside it; 0 if none
    std::vector<ListeningPort> ports;
    std::vector<std::string> addresses;

    bool operator==(const Target&) const = default;
};

struct TargetList
{
    std::uint32_t request = 0;
    std::vector<Target> targets;
    std::string note; // what could not be read, in words
};

struct Attach
{
    std::uint32_t request = 0;
    std::string spec;
};

struct Attached
{
    std::uint32_t request = 0;
    TargetId target; // given by the agent, the same for all its clients; on every event
    std::string spec;
    std::string name;
    std::vector<std::string> interfaces;
    std::vector<ListeningPort> ports;
    std::uint64_t capabilities = 0; // for this target
    std::string lacking;
};

struct Detach
{
    TargetId target;
};

enum class Mode : std::uint8_t
{
    Off,
    Mirror,
    Steal,
};

// What becomes of a stolen request whose taker refuses, dies or stays silent.
enum class OnTakerFailure : std::uint8_t
{
    PassOn,     // to the original service, if nothing of the body was lost; else 502
    BadGateway, // 502 naming Podglass
};

// The wanted state of one port of one target; the whole of it, each time.
struct SetPort
{
    TargetId target;
    std::uint16_t port = 0;
    Mode mode = Mode::Off;
    std::uint64_t revision = 0;  // of the filter; echoed in PortState and StealDecision
    std::string filter;          // filter::print form; empty matches every request
    std::uint64_t bodyLimit = 0; // bytes of each body sent to this client; 0: the default
    OnTakerFailure onFailure = OnTakerFailure::BadGateway;
};

// The state in force after a SetPort, or after the agent changed it by itself; told when it is.
struct PortState
{
    TargetId target;
    std::uint16_t port = 0;
    Mode mode = Mode::Off;
    std::uint64_t revision = 0;
    bool refused = false;
    std::string message;                   // why refused, or why it changed by itself; else empty
    std::string rules;                     // the redirect rules in force, readable; else empty
    std::uint32_t oldConnections = 0;      // open when steal began, left untouched
    std::vector<std::string> otherClients; // who else mirrors or steals this port
};

// Grants the agent `bytes` more on a channel; without credit it sends nothing there.
struct Credit
{
    std::uint32_t channel = 0;
    std::uint32_t bytes = 0;
};

struct Ping
{
    std::uint64_t token = 0;
};

struct Pong
{
    std::uint64_t token = 0;
};

// A stolen request for this client; its bytes follow as StealData on the same stream.
struct StealOpen
{
    std::uint32_t stream = 0; // also its channel number
    TargetId target;
    ConnectionId connection;
    ExchangeId exchange;
    std::uint16_t port = 0;
    flow::Endpoint client;
};

struct StealData
{
    std::uint32_t stream = 0;
    std::vector<std::uint8_t> data;
};

// The sender will send nothing more on the stream.
struct StealEnd
{
    std::uint32_t stream = 0;
};

enum class StealFailure : std::uint8_t
{
    Refused,    // the taker could not be reached
    Silent,     // limits::takerSilence passed
    Broken,     // it closed or sent no valid response
    CallerGone, // the original caller went away
    Released,   // mode change or lease end
};

struct StealReset
{
    std::uint32_t stream = 0;
    StealFailure failure = StealFailure::Broken;
    std::string message;
};

// A request could not be met, or something broke that no state says.
struct Failure
{
    std::uint32_t request = 0; // of the ListTargets or Attach that failed; else 0
    TargetId target;           // none: the agent as a whole
    std::string what;
    std::string where;
    std::string advice;
    bool lasting = true;
};

struct Goodbye
{
    std::string reason;
};

enum class OnLag : std::uint8_t
{
    MarkAndGoOn,     // Lost, then on at the connection's next message
    CloseConnection, // Lost, then ConnectionClosed{Lagged}; nothing more of that connection
};

// How one port's events reach this client; the whole of it, each time. For this client only: what
// others get does not change. Since 1.2; an older agent skips it.
struct SetDelivery
{
    TargetId target;
    std::uint16_t port = 0;
    OnLag onLag = OnLag::MarkAndGoOn;
    // Bytes of each body per flow::Direction; 0: as SetPort says. Above it: counted as withheld.
    std::array<std::uint64_t, 2> bodyLimits{};
    // Encoded bytes that may wait for this client; 0: what the ring allows. Bodies go first. Ports
    // share their target's ring, so the smallest that any of this client's ports names holds.
    std::uint64_t lagBytes = 0;
    std::uint32_t oneConnectionIn = 0; // sampling by connection; 0 and 1: all of them
    std::uint64_t bytesPerSecond = 0;  // payload; bodies go first; 0: no cap
};

// Each second for a port that SetDelivery was said for, as long as it changes: how much of what was
// offered arrives. offered = delivered + lost; lost contains what the client's own wishes left out.
struct DeliveryState
{
    TargetId target;
    std::uint16_t port = 0;
    std::uint64_t connections = 0; // offered since SetDelivery
    std::uint64_t connectionsLeftOut = 0;
    std::uint64_t offeredEvents = 0;
    std::uint64_t offeredBytes = 0;
    std::uint64_t deliveredEvents = 0;
    std::uint64_t deliveredBytes = 0;
    std::uint64_t lostEvents = 0;
    std::uint64_t lostBytes = 0;
    std::uint64_t budgetEvents = 0; // of the lost: by sampling, rate cap or byte budget
    std::uint64_t budgetBytes = 0;
    std::uint64_t bytesPerSecond = 0; // payload offered in the last second
};

// Which packet rules change where connections to an attached target go? For agents with
// Capability::Rules; the answer is Rules, or Failure with this request.
struct ListRules
{
    std::uint32_t request = 0;
    TargetId target;
};

// What the kernel had when it was asked, ours and everybody's.
struct Rules
{
    std::uint32_t request = 0;
    TargetId target;
    std::string own;                 // our tables in the syntax of nft; empty: nothing is stolen
    std::vector<std::string> others; // one line each: chains of others that may change the way
    std::vector<std::string> notes;  // what that means, in words: a mesh, the old iptables
};

// The certificate and key by which this client's next SetPort{Steal} of the port, and those after
// it, end TLS. Both PEM, the key not encrypted; both empty: TLS is left alone. A pair that cannot
// be used refuses that SetPort. For agents with Capability::Tls. Whoever has it wipes the key.
struct SetTls
{
    TargetId target;
    std::uint16_t port = 0;
    std::string certificate; // with its chain
    std::string key;
};

// Each second for a stolen port where TLS is ended, as long as it changes: what became of its
// connections since the port was stolen.
struct TlsState
{
    TargetId target;
    std::uint16_t port = 0;
    std::string certificate;      // in words; empty: TLS is left alone
    std::uint64_t terminated = 0; // read and encrypted again
    std::uint64_t untouched = 0;  // passed on as they are
    std::uint64_t failed = 0;     // handshakes that came to nothing
    std::uint32_t underWay = 0;   // handshakes
    std::string problem;          // why the last one was not terminated; empty: there was none

    bool operator==(const TlsState&) const = default;
};

// Ends the connections of a stolen port that were open when stealing began, so that their clients
// connect anew. For agents with Capability::EndOld, from who steals the port; the answer is
// OldEnded, or Failure with this request.
struct EndOld
{
    std::uint32_t request = 0;
    TargetId target;
    std::uint16_t port = 0;
};

struct OldEnded
{
    std::uint32_t request = 0;
    TargetId target;
    std::uint16_t port = 0;
    std::uint32_t ended = 0;
    std::uint32_t left = 0; // that the kernel would not end
};

using Message = std::variant<Hello,
                             Proof,
                             ListTargets,
                             TargetList,
                             Attach,
                             Attached,
                             Detach,
                             SetPort,
                             PortState,
                             Credit,
                             Ping,
                             Pong,
                             StealOpen,
                             StealData,
                             StealEnd,
                             StealReset,
                             Telemetry,
                             Failure,
                             Goodbye,
                             SetDelivery,
                             DeliveryState,
                             ListRules,
                             Rules,
                             SetTls,
                             TlsState,
                             EndOld,
                             OldEnded>;

} // namespace podglass::wire
