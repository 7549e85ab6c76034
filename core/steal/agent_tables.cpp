// SPDX-License-Identifier: Apache-2.0
#include "core/steal/agent_tables.h"

#include "core/bytes/cursor.h"
#include "core/steal/nft_rules.h"

#include <charconv>

#include <linux/netfilter/nf_tables.h>

namespace podglass::steal {

namespace {

using State = AgentTable::State;

struct FoundTable
{
    std::string name;
    std::string comment;
    bool owned = false;
};

FoundTable readTable(bytes::ByteView attributes)
{
    FoundTable table;
    forEachAttribute(attributes, [&](std::uint16_t type, bytes::ByteView value) {
        if (type == NFTA_TABLE_NAME)
            table.name = bytes::asText(value).substr(0, bytes::asText(value).find('\0'));
        else if (type == NFTA_TABLE_USERDATA)
            table.comment = commentOf(value);
        else if (type == NFTA_TABLE_OWNER)
            table.owned = true;
    });
    return table;
}

// 0: made by no agent of this kind.
std::uint16_t portOf(const FoundTable& table)
{
    std::uint16_t port = 0;
    const std::string_view rest = std::string_view(table.name).substr(tablePrefix.size());
    std::from_chars(rest.data(), rest.data() + rest.size(), port);
    return port;
}

// A table without an owner is somebody's as long as its set is renewed.
bool isRenewed(NftSocket& socket, const std::string& table)
{
    bool alive = false;
    const auto each = [&](bytes::ByteView list) {
        forEachAttribute(list, [&](std::uint16_t type, bytes::ByteView elements) {
            if (type != NFTA_SET_ELEM_LIST_ELEMENTS)
                return;
            forEachAttribute(elements, [&](std::uint16_t, bytes::ByteView) { alive = true; });
        });
    };
    // An error says that there is no such set: made by no agent of this kind.
    return socket.dump({.type = NFT_MSG_GETSETELEM, .table = table, .set = aliveSet}, each)
           && alive;
}

base::Status removeTable(NftSocket& socket, const std::string& name)
{
    NftBatch batch = socket.newBatch();
    deleteTable(batch, name);
    batch.finish();
    return socket.commit(batch);
}

base::Error takenAlready(const AgentTable& table)
{
    return {"another agent steals it already: " + table.agent,
            "port " + std::to_string(table.port),
            "join that agent, or end its steal first",
            base::Lasting::Transient};
}

// A released table keeps its chains while old connections go on; it has no redirect any more.
base::Result<State> stateOf(NftSocket& socket, const FoundTable& table)
{
    if (!table.owned && !isRenewed(socket, table.name))
        return State::Dead;
    const auto rules = countRules(socket, table.name, preroutingChain);
    if (!rules)
        return rules.error();
    return *rules != 0 ? State::Redirects : State::SeesOut;
}

} // namespace

// Rules of one chain that are there now.
base::Result<std::size_t>
countRules(NftSocket& socket, const std::string& table, std::string_view chain)
{
    std::size_t count = 0;
    const auto each = [&](bytes::ByteView rule) {
        std::string_view of;
        std::string_view in;
        forEachAttribute(rule, [&](std::uint16_t type, bytes::ByteView value) {
            const std::string_view text = bytes::asText(value);
            if (type == NFTA_RULE_TABLE)
                of = text.substr(0, text.find('\0'));
            else if (type == NFTA_RULE_CHAIN)
                in = text.substr(0, text.find('\0'));
        });
        count += of == table && in == chain ? 1U : 0U;
    };
    const base::Status listed = socket.dump({.type = NFT_MSG_GETRULE, .table = table}, each);
    if (!listed)
        return listed.error();
    return count;
}

base::Result<std::vector<AgentTable>> agentTables(NftSocket& socket)
{
    std::vector<FoundTable> found;
    const base::Status listed =
        socket.dump({.type = NFT_MSG_GETTABLE}, [&](bytes::ByteView attributes) {
            FoundTable table = readTable(attributes);
            if (table.name.starts_with(tablePrefix))
                found.push_back(std::move(table));
        });
    if (!listed)
        return listed.error();
    std::vector<AgentTable> tables;
    for (FoundTable& table : found) {
        const auto state = stateOf(socket, table);
        if (!state)
            return state.error();
        const std::uint16_t port = portOf(table);
        tables.push_back({std::move(table.name), std::move(table.comment), port, *state});
    }
    return tables;
}

std::string sentenceOn(const AgentTable& table)
{
    const std::string port = "port " + std::to_string(table.port);
    const std::string where = " (table inet " + table.name + ")";
    switch (table.state) {
    case State::Redirects:
        return "another agent steals from " + port + ": " + table.agent + where;
    case State::SeesOut:
        return "another agent gave " + port
               + " back and sees out connections that it passed on: " + table.agent + where;
    case State::Dead:
        break;
    }
    return "an agent that was killed left rules for " + port
           + "; they redirect nothing, and the next agent that comes here removes them" + where;
}

base::Result<std::vector<std::string>> clearDead(NftSocket& socket)
{
    const auto tables = agentTables(socket);
    if (!tables)
        return tables.error();
    std::vector<std::string> removed;
    for (const AgentTable& table : *tables) {
        if (table.state != State::Dead)
            continue;
        if (base::Status done = removeTable(socket, table.name); !done)
            return done.error();
        removed.push_back(table.name);
    }
    return removed;
}

base::Status clearLeftovers(NftSocket& socket, std::uint16_t port)
{
    if (const auto cleared = clearDead(socket); !cleared)
        return cleared.error();
    const auto tables = agentTables(socket);
    if (!tables)
        return tables.error();
    for (const AgentTable& table : *tables) {
        if (table.port == port && table.state == State::Redirects)
            return takenAlready(table);
    }
    return base::Done{};
}

} // namespace podglass::steal
