// SPDX-License-Identifier: Apache-2.0
#include "core/steal/redirect_table.h"

#include "core/base/digest.h"
#include "core/bytes/cursor.h"
#include "core/steal/nft_rules.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <utility>

#include <linux/netfilter/nf_tables.h>
#include <sys/random.h>
#include <unistd.h>

namespace podglass::steal {

namespace {

constexpr std::string_view namePrefix = "podglass_";

std::string uniqueName(std::uint16_t port)
{
    std::array<std::uint8_t, 4> random = {};
    // Four bytes of /dev/urandom's pool never come short; if they did, the name only repeats and
    // the kernel answers EEXIST.
    [[maybe_unused]] const ssize_t got = ::getrandom(random.data(), random.size(), 0);
    return std::string(namePrefix) + std::to_string(port) + "_" + base::hex(random);
}

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

bool redirects(const FoundTable& table, std::uint16_t port)
{
    return table.name.starts_with(std::string(namePrefix) + std::to_string(port) + "_");
}

// A released table keeps its chains while old connections go on; it has no redirect any more.
base::Result<bool> isInForce(NftSocket& socket, const std::string& table)
{
    bool found = false;
    const auto each = [&](bytes::ByteView rule) {
        std::string_view of;
        std::string_view chain;
        forEachAttribute(rule, [&](std::uint16_t type, bytes::ByteView value) {
            const std::string_view text = bytes::asText(value);
            if (type == NFTA_RULE_TABLE)
                of = text.substr(0, text.find('\0'));
            else if (type == NFTA_RULE_CHAIN)
                chain = text.substr(0, text.find('\0'));
        });
        found = found || (of == table && chain == preroutingChain);
    };
    const base::Status listed = socket.dump(NFT_MSG_GETRULE, table, each);
    if (!listed)
        return listed.error();
    return found;
}

} // namespace

base::Status clearLeftovers(NftSocket& socket, std::uint16_t port)
{
    std::vector<FoundTable> found;
    const base::Status listed = socket.dump(NFT_MSG_GETTABLE, {}, [&](bytes::ByteView attributes) {
        FoundTable table = readTable(attributes);
        if (table.name.starts_with(namePrefix))
            found.push_back(std::move(table));
    });
    if (!listed)
        return listed.error();
    for (const FoundTable& table : found) {
        if (!table.owned) {
            NftBatch batch = socket.newBatch();
            deleteTable(batch, table.name);
            batch.finish();
            if (base::Status removed = socket.commit(batch); !removed)
                return removed;
        } else if (redirects(table, port)) {
            const auto inForce = isInForce(socket, table.name);
            if (!inForce)
                return inForce.error();
            if (*inForce)
                return base::Error{"another agent steals it already: " + table.comment,
                                   "port " + std::to_string(port),
                                   "join that agent, or end its steal first",
                                   base::Lasting::Transient};
        }
    }
    return base::Done{};
}

RedirectTable::RedirectTable(NftSocket socket, RedirectRules rules)
    : m_socket(std::move(socket))
    , m_rules(rules)
    , m_name(uniqueName(rules.port))
    , m_comment("podglass-agent, process " + std::to_string(::getpid()))
{}

base::Result<RedirectTable> RedirectTable::install(NftSocket socket, const RedirectRules& rules)
{
    if (const base::Status cleared = clearLeftovers(socket, rules.port); !cleared)
        return cleared.error();
    RedirectTable table(std::move(socket), rules);
    base::Status created = table.create(true);
    // Kernels without nft_fib_inet: the listener refuses what was not meant for this host.
    if (!created)
        created = table.create(false);
    if (!created)
        return created.error();
    return table;
}

base::Status RedirectTable::create(bool localOnly)
{
    NftBatch batch = m_socket.newBatch();
    addTable(batch, m_name, m_comment);
    addTrackingChain(batch, m_name);
    for (const std::string_view chain : {preroutingChain, outputChain}) {
        addNatChain(batch, m_name, chain);
        if (m_rules.passMarked)
            addPassMarked(batch, m_name, chain, upstreamMark);
        RedirectMatch match{m_rules.port, m_rules.listenerPort, false, false};
        match.toLocalAddress = localOnly && chain == preroutingChain;
        match.leavesByLo = chain == outputChain;
        addRedirect(batch, m_name, chain, match);
    }
    batch.finish();
    base::Status created = m_socket.commit(batch);
    m_inForce = static_cast<bool>(created);
    m_localOnly = localOnly;
    return created;
}

base::Status RedirectTable::release()
{
    if (!std::exchange(m_inForce, false))
        return base::Done{};
    NftBatch batch = m_socket.newBatch();
    deleteRules(batch, m_name, preroutingChain);
    deleteRules(batch, m_name, outputChain);
    batch.finish();
    return m_socket.commit(batch);
}

std::string RedirectTable::text() const
{
    std::string mark;
    std::array<char, 32> hex{};
    if (m_rules.passMarked) {
        std::snprintf(hex.data(), hex.size(), "0x%08x", upstreamMark);
        mark = std::string("\t\tmeta mark ") + hex.data() + " return\n";
    }
    const std::string redirect = "tcp dport " + std::to_string(m_rules.port)
                                 + " tcp flags syn / fin,syn,rst,ack redirect to :"
                                 + std::to_string(m_rules.listenerPort) + "\n";
    std::string out = "table inet " + m_name + " {\n\tflags owner\n\tcomment \"" + m_comment
                      + "\"\n\n\tchain keep_tracking {\n\t\tct state new return\n\t}\n"
                        "\n\tchain prerouting {\n"
                        "\t\ttype nat hook prerouting priority dstnat - 1; policy accept;\n";
    if (m_inForce)
        out += mark + (m_localOnly ? "\t\tfib daddr type local " : "\t\t") + redirect;
    out += "\t}\n\n\tchain output {\n\t\ttype nat hook output priority -101; policy accept;\n";
    if (m_inForce)
        out += mark + "\t\toifname \"lo\" " + redirect;
    return out + "\t}\n}\n";
}

} // namespace podglass::steal
