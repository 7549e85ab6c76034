// SPDX-License-Identifier: Apache-2.0
// The messages that make table, chains and rules of a redirect, expression by expression. Each
// function adds to a batch; nft_message.h says when it is complete.
// Source: `nft --debug=netlink`, linux/netfilter/nf_tables.h.
#pragma once

#include "core/steal/nft_message.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace podglass::steal {

inline constexpr std::string_view preroutingChain = "prerouting";
inline constexpr std::string_view outputChain = "output";
// Holds the port of a table without an owner for as long as it is renewed.
inline constexpr std::string_view aliveSet = "alive";
// Never entered. Its rule holds connection tracking: nat chains alone do not, and once the last
// rule that needs it is gone, the kernel stops translating the connections that are still open.
inline constexpr std::string_view trackingChain = "keep_tracking";
// One before the usual place of destination NAT (-100): a service mesh's rules come after ours.
inline constexpr std::int32_t chainPriority = -101;

inline constexpr std::string_view tablePrefix = "podglass_";

// No other has that name: podglass_WHAT_0badcafe.
std::string uniqueTableName(std::string_view what);
// Who made a table, for those who find it.
std::string agentComment();

void addTable(NftBatch& batch, std::string_view table, std::string_view comment, bool owned);
void addAliveSet(NftBatch& batch, std::string_view table);
void addAlive(NftBatch& batch, std::string_view table, std::uint16_t port);
void deleteAlive(NftBatch& batch, std::string_view table, std::uint16_t port);
void addTrackingChain(NftBatch& batch, std::string_view table);
void addNatChain(NftBatch& batch, std::string_view table, std::string_view chain);
void addPassMarked(NftBatch& batch,
                   std::string_view table,
                   std::string_view chain,
                   std::uint32_t mark);

struct RedirectMatch
{
    std::uint16_t port = 0;
    std::uint16_t listenerPort = 0;
    bool toLocalAddress = false; // fib daddr type local
    bool leavesByLo = false;     // oifname lo
    bool whileAlive = false;     // the port is looked up in aliveSet
};

void addRedirect(NftBatch& batch,
                 std::string_view table,
                 std::string_view chain,
                 const RedirectMatch& match);

void deleteRules(NftBatch& batch, std::string_view table, std::string_view chain);
void deleteTable(NftBatch& batch, std::string_view table);

// As `nft list table` prints what addTrackingChain() made, and a nat chain up to its rules.
inline constexpr std::string_view trackingText = "\tchain keep_tracking {\n"
                                                 "\t\tct state new return\n"
                                                 "\t}\n";
std::string natChainText(std::string_view chain);

// The comment that addTable() stored, from NFTA_TABLE_USERDATA; empty if there is none.
std::string commentOf(bytes::ByteView userData);

} // namespace podglass::steal
