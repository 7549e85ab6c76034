// SPDX-License-Identifier: Apache-2.0
// What a session tells its consumer (the window, podglassctl): one queue of these, in order.
// Ownership: values; an EventBatch owns the bytes of its events.
#pragma once

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/flow/event_batch.h"
#include "core/session/taker.h"
#include "core/wire/message.h"

#include <string>
#include <variant>
#include <vector>

namespace podglass::session {

enum class State : std::uint8_t
{
    Disconnected,
    Connecting,
    Live,
    Reconnecting, // countdown in `detail`
    Failed,       // persistent; `error` says why
};

struct StateChanged
{
    State state = State::Disconnected;
    std::string detail; // "in 3.2 s (2 of 8)", "agent 0.1.0 on build-3"
    base::Error error;  // Failed and Reconnecting
};

enum class StepState : std::uint8_t
{
    Running,
    Done,
    Warning,
    Failed,
};

// One line of the connection log; the same id updates the same line.
struct Step
{
    std::uint32_t id = 0;
    StepState state = StepState::Running;
    std::string text;   // "host key of build-3 known (~/.ssh/known_hosts:14)"
    std::string detail; // stderr, fingerprints; may be empty
    std::int64_t milliseconds = 0;
};

enum class PromptKind : std::uint8_t
{
    HostKey,    // choices: trust once, trust and save, cancel
    Permission, // the same choices: allow once, allow always, cancel
    Passphrase, // secret
    Password,   // secret
    Question,   // keyboard-interactive, echo on
};

// The session waits for Session::answer(id, ...).
struct Prompt
{
    std::uint32_t id = 0;
    PromptKind kind = PromptKind::Password;
    std::string title; // "Password for deploy@build-3"
    std::string text;  // fingerprint, server's words
};

// The stream broke and came back: what was missed is unknown, and said so.
struct Break
{
    base::Timestamp from;
    base::Timestamp until;
};

// How the desktop end stands, each second, beside wire::Telemetry.
struct Traffic
{
    std::uint64_t bytesIn = 0;
    std::uint64_t bytesOut = 0;
    std::int64_t roundTripMicroseconds = 0; // last Ping
    std::size_t queued = 0;                 // cost waiting in the channel
};

// What became of one stolen request at the taker.
struct Taken
{
    base::ExchangeId exchange;
    bool answered = false;
    std::string problem;  // refused, silent, ...
    bool byTaker = false; // it failed, not its caller or the user
};

// How far a capture file is read; the last one is `done`.
struct FileProgress
{
    std::uint64_t taken = 0; // bytes of the file
    std::uint64_t size = 0;  // 0: not known
    std::uint64_t packets = 0;
    std::uint64_t packetsNotDecoded = 0; // of interfaces whose link type is not decoded
    bool done = false;
    bool cancelled = false;
    base::Error error; // `what` empty: none
};

using Update = std::variant<StateChanged,
                            Step,
                            Prompt,
                            Break,
                            Traffic,
                            Taken,
                            Held,
                            HeldOver,
                            HeldRefused,
                            wire::Hello, // the agent's, once connected
                            wire::TargetList,
                            wire::Attached,
                            wire::PortState,
                            wire::Telemetry,
                            wire::DeliveryState,
                            wire::Failure,
                            wire::Rules,
                            wire::TlsState,
                            wire::OldEnded,
                            FileProgress,
                            flow::EventBatch>;

} // namespace podglass::session
