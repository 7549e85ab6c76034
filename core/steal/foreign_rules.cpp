// SPDX-License-Identifier: Apache-2.0
#include "core/steal/foreign_rules.h"

#include "core/base/limits.h"
#include "core/bytes/cursor.h"
#include "core/steal/agent_tables.h"
#include "core/steal/nft_rules.h"
#include "core/steal/nft_socket.h"

#include <array>
#include <cstring>
#include <optional>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <sys/socket.h>

namespace podglass::steal {

namespace {

struct Chain
{
    std::string table;
    std::string name;
    std::string type; // "nat", "filter"; of base chains
    std::optional<std::uint32_t> hook;
    std::int32_t priority = 0;
    std::uint32_t uses = 0;
};

std::string textOf(bytes::ByteView value)
{
    const std::string_view text = bytes::asText(value);
    return std::string(text.substr(0, text.find('\0')));
}

std::uint32_t numberOf(bytes::ByteView value)
{
    std::uint32_t number = 0;
    if (value.size() >= sizeof number)
        std::memcpy(&number, value.data(), sizeof number);
    return bytes::convert<std::endian::big>(number);
}

void readHook(bytes::ByteView hook, Chain& chain)
{
    forEachAttribute(hook, [&](std::uint16_t type, bytes::ByteView value) {
        if (type == NFTA_HOOK_HOOKNUM)
            chain.hook = numberOf(value);
        else if (type == NFTA_HOOK_PRIORITY)
            chain.priority = static_cast<std::int32_t>(numberOf(value));
    });
}

Chain readChain(bytes::ByteView attributes)
{
    Chain chain;
    forEachAttribute(attributes, [&](std::uint16_t type, bytes::ByteView value) {
        if (type == NFTA_CHAIN_TABLE)
            chain.table = textOf(value);
        else if (type == NFTA_CHAIN_NAME)
            chain.name = textOf(value);
        else if (type == NFTA_CHAIN_TYPE)
            chain.type = textOf(value);
        else if (type == NFTA_CHAIN_HOOK)
            readHook(value, chain);
        else if (type == NFTA_CHAIN_USE)
            chain.uses = numberOf(value);
    });
    return chain;
}

std::string lineOf(const char* family, const Chain& chain)
{
    std::string line = std::string(family) + " " + chain.table + " " + chain.name + ": ";
    if (chain.hook) {
        constexpr std::array hooks{"prerouting", "input", "forward", "output", "postrouting"};
        line += chain.type + " hook " + (*chain.hook < hooks.size() ? hooks[*chain.hook] : "other")
                + " priority " + std::to_string(chain.priority) + ", ";
    }
    return line + std::to_string(chain.uses) + (chain.uses == 1 ? " rule" : " rules");
}

// Where a redirect can be: nat chains, and what they jump to.
bool mayTranslate(const Chain& chain)
{
    return !chain.hook || chain.type == "nat";
}

struct Known
{
    std::string_view prefix;
    const char* note;
};

constexpr std::array knownPrograms{
    Known{"ISTIO_",
          "Istio's rules are here: its proxy takes connections before the service. Steal the port "
          "the service listens on; what comes through the mesh arrives from the proxy, over lo"},
    Known{"PROXY_INIT_",
          "Linkerd's rules are here: its proxy takes connections before the service. Steal the "
          "port the service listens on; what comes through the mesh arrives from the proxy"},
    Known{"CILIUM_", "Cilium's rules are here; it may also redirect by eBPF, which no rule shows"},
    Known{"KUBE-", "kube-proxy's rules are here: this is a node's network namespace, not a pod's"},
    Known{"DOCKER", "Docker's rules are here: published ports are translated before ours see them"},
};

void addLegacy(ForeignRules& found, std::set<std::string>& names)
{
    bool any = false;
    for (const int family : {AF_INET, AF_INET6}) {
        for (const std::string& name : legacyChains(family)) {
            any = true;
            names.insert(name);
            if (found.chains.size() < limits::foreignChains)
                found.chains.push_back(std::string(family == AF_INET ? "iptables" : "ip6tables")
                                       + "-legacy nat " + name);
        }
    }
    if (any)
        found.notes.emplace_back("the old iptables (legacy) has a nat table here too, which nft "
                                 "does not list: ours comes first, at priority -101 before -100");
}

// Notes on other agents' tables; the names of our own.
base::Result<std::set<std::string>> addAgents(ForeignRules& found, NftSocket& socket)
{
    const auto tables = agentTables(socket);
    if (!tables)
        return tables.error();
    std::set<std::string> ours;
    for (const AgentTable& table : *tables) {
        if (table.agent == agentComment())
            ours.insert(table.name);
        else if (table.port != 0) // of another kind: goes along with one that is named
            found.notes.push_back(sentenceOn(table));
    }
    return ours;
}

} // namespace

std::vector<std::string> notesOn(const std::set<std::string>& chainNames)
{
    std::vector<std::string> notes;
    for (const Known& known : knownPrograms) {
        const auto first = chainNames.lower_bound(std::string(known.prefix));
        if (first != chainNames.end() && first->starts_with(known.prefix))
            notes.emplace_back(known.note);
    }
    return notes;
}

base::Result<ForeignRules> readForeignRules()
{
    auto socket = NftSocket::open();
    if (!socket)
        return socket.error();
    ForeignRules found;
    std::set<std::string> names;
    std::size_t unnamed = 0;
    const auto ours = addAgents(found, *socket);
    if (!ours)
        return ours.error();
    const auto read = [&](const char* family, bytes::ByteView attributes) {
        const Chain chain = readChain(attributes);
        if (ours->contains(chain.table) || !mayTranslate(chain))
            return;
        names.insert(chain.name);
        if (found.chains.size() < limits::foreignChains)
            found.chains.push_back(lineOf(family, chain));
        else
            ++unnamed;
        if (!chain.table.starts_with(tablePrefix) && chain.hook == NF_INET_PRE_ROUTING
            && chain.priority <= chainPriority && chain.uses > 0)
            found.notes.push_back("chain " + chain.name + " of table " + chain.table
                                  + " comes before ours: what it translates is not stolen");
    };
    for (const auto& [number, family] :
         {std::pair{NFPROTO_INET, "inet"}, {NFPROTO_IPV4, "ip"}, {NFPROTO_IPV6, "ip6"}}) {
        const base::Status listed =
            socket->dump({.type = NFT_MSG_GETCHAIN, .family = static_cast<std::uint8_t>(number)},
                         [&, name = family](bytes::ByteView chain) { read(name, chain); });
        if (!listed)
            return listed.error();
    }
    addLegacy(found, names);
    if (unnamed > 0)
        found.notes.push_back(std::to_string(unnamed) + " more chains are not named here");
    const auto notes = notesOn(names);
    found.notes.insert(found.notes.begin(), notes.begin(), notes.end());
    return found;
}

} // namespace podglass::steal
