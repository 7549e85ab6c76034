// SPDX-License-Identifier: Apache-2.0
// Carrier: one attempt to reach an agent, and the byte stream it gave. Knows how the road works;
// knows nothing of what the bytes mean.
//
// Contract: open() begins; then step and prompt any number of times, then exactly one of opened
// (the stream is at the agent's first byte) or closed. After opened, the owner reads in() and
// writes out() by itself and calls ended() when they end; closed follows with the best words there
// are, from the program that carried us. Callbacks come from the loop, and the carrier may be
// destroyed inside any of them except step and prompt. Destroying it ends its child or socket.
// Thread: the loop's.
#pragma once

#include "core/io/loop.h"
#include "core/session/session.h"
#include "core/session/update.h"

#include <functional>
#include <memory>

namespace podglass::session {

// What failed, as far as it matters for trying again.
enum class Fault : std::uint8_t
{
    Setup,   // a file or program is missing here
    Network, // refused, timed out, cut
    HostKey, // never tried again
    Auth,    // tried again three times at most
    Remote,  // the agent could not be put or started there
};

// Whether the user's own ssh could do what podglass-ssh could not.
enum class Switch : std::uint8_t
{
    No,
    Keys, // it has more keys to try; if they are refused too, podglass-ssh can ask for a password
    Yes,
};

struct Loss
{
    Fault fault = Fault::Network;
    base::Error error; // the first line of `what` says what failed, those below it why
    Switch toSystemSsh = Switch::No;
};

struct CarrierEvents
{
    std::function<void(Step)> step; // ids are the carrier's own, from 1
    std::function<void(Prompt)> prompt;
    std::function<void()> opened;
    std::function<void(Loss)> closed;
};

class Carrier
{
public:
    Carrier() = default;
    Carrier(const Carrier&) = delete;
    Carrier& operator=(const Carrier&) = delete;
    virtual ~Carrier() = default;

    virtual void open() = 0;
    [[nodiscard]] virtual int in() const = 0;
    [[nodiscard]] virtual int out() const = 0;
    // The stream ended or broke; `error` is 0 for a plain end.
    virtual void ended(int error) = 0;
    virtual void answer(std::uint32_t prompt, std::optional<std::string> text) = 0;

    // What answered is an agent: it ends by itself once its stream has, and not before the
    // connections that it passes on.
    virtual void greeted() {}

    // How the agent at the end of this road calls the target that we call `spec`.
    [[nodiscard]] virtual std::string specThere(std::string spec) const { return spec; }

    // For the handshake: what the road adds to bytes that came before the first frame.
    [[nodiscard]] virtual std::string words() const = 0;
};

// What one attempt learned of its road for the next ones. One for each session.
struct RoadMemory
{
    // The user's own ssh came through where podglass-ssh could not: next time it is first.
    Switch systemSsh = Switch::No;
};

// `memory` must outlive the carrier.
std::unique_ptr<Carrier>
makeCarrier(io::Loop& loop, const Options& options, RoadMemory& memory, CarrierEvents events);

} // namespace podglass::session
