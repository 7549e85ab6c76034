// SPDX-License-Identifier: Apache-2.0
// What other programs' packet rules in this network namespace may do to the way of connections:
// nat chains of nf_tables and of the old iptables (which nft does not show), with words for the
// ones whose program is known by its chains' names.
// Thread: any, in the namespace. Source: nft(8), linux/netfilter_ipv4/ip_tables.h.
#pragma once

#include "core/steal/privileges.h"

#include <set>
#include <string>

namespace podglass::steal {

base::Result<ForeignRules> readForeignRules();

// What the names of chains say, in words; empty if they say nothing.
std::vector<std::string> notesOn(const std::set<std::string>& chainNames);

// The chains of the old iptables' nat table, built-in ones included; empty if it is not in use.
std::vector<std::string> legacyChains(int family);

// The same from the entries as the kernel gives them, whatever their lengths say.
std::vector<std::string> legacyChainsIn(bytes::ByteView entries, int family);

} // namespace podglass::steal
