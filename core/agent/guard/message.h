// SPDX-License-Identifier: Apache-2.0
// What worker and guard say to each other over a line: one request, one reply, both of fixed size,
// with descriptors beside them (SCM_RIGHTS). The guard reads numbers and one bounded text, never
// traffic. Both are the same program, so the layout needs no version.
// Source: unix(7).
#pragma once

#include "core/base/result.h"
#include "core/io/fd.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace podglass::agent::guard {

enum class Ask : std::uint32_t
{
    // With a network namespace beside them, unless said otherwise.
    Resolve,        // none; text: spec → namespace; number: pid; text: name
    ListTargets,    // none → file with a wire::TargetList
    ListeningPorts, // → file with a wire::Attached that has ports only
    PeerPorts,      // port → text: their numbers
    ProcessIn,      // number: except → number: pid
    CaptureLine,    // → a line for PacketSocket and LinkSocket in that namespace
    Redirect, // port, flags → lifeline, translation, a line for Release and Check, rules' text,
              // listeners
    MarkedSockets, // number: family, count → sockets
    Addresses,     // → file with sockaddrs
    ForeignRules,  // → file with lines
    ClearDead,     // → file with lines
    EndOld,        // port → number: ended, count: left
    LetGoOfErrors, // the guard's standard error becomes nothing: whoever read it is gone
    // On the line of a capture:
    PacketSocket, // number: type, as capture::PacketSockets
    LinkSocket,
    // On the line of a redirect:
    Release, // → file with the rules' text as it is now
    Check,
};

inline constexpr std::size_t mostText = 512;
inline constexpr std::size_t mostDescriptors = 32;

struct Request
{
    Ask ask = Ask::Check;
    std::uint32_t number = 0;
    std::uint32_t count = 0;
    std::uint16_t port = 0;
    bool timed = false;
    bool unmarked = false; // RedirectWish::passMarked is false
    std::array<char, mostText> text{};
};

struct Reply
{
    bool failed = false;
    bool persistent = false;
    std::uint16_t port = 0;
    std::uint32_t number = 0;
    std::uint32_t count = 0;
    std::array<char, mostText> text{}; // what failed, if so
    std::array<char, mostText> where{};
    std::array<char, mostText> advice{};
};

// Cut to what fits, always with an ending zero.
void put(std::array<char, mostText>& field, std::string_view text);
std::string textOf(const std::array<char, mostText>& field);

Reply replyOf(const base::Error& error);
base::Error errorOf(const Reply& reply);

} // namespace podglass::agent::guard
