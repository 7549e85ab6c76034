// SPDX-License-Identifier: Apache-2.0
// The tables that agents have in this network namespace: whose they are and what they still do.
// One with an owner ends with its agent; one without (before Linux 5.12) is a dead agent's as soon
// as its set has expired, and stays, without effect, until somebody removes it.
// Thread: any, in the namespace. Source: nft(8), linux/netfilter/nf_tables.h.
#pragma once

#include "core/base/result.h"
#include "core/steal/nft_socket.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace podglass::steal {

struct AgentTable
{
    enum class State : std::uint8_t
    {
        Redirects,
        SeesOut, // translates what it redirected before, nothing new
        Dead,
    };

    std::string name;
    std::string agent; // as its comment says: "podglass-agent, process 123"
    std::uint16_t port = 0;
    State state = State::Redirects;
};

base::Result<std::vector<AgentTable>> agentTables(NftSocket& socket);

// Rules of one chain that are there now.
base::Result<std::size_t>
countRules(NftSocket& socket, const std::string& table, std::string_view chain);

// About another agent's, for people.
std::string sentenceOn(const AgentTable& table);

// Deletes the tables of dead agents; their names.
base::Result<std::vector<std::string>> clearDead(NftSocket& socket);

// The same; an error if a living agent redirects `port`.
base::Status clearLeftovers(NftSocket& socket, std::uint16_t port);

} // namespace podglass::steal
