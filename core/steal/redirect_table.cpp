// SPDX-License-Identifier: Apache-2.0
#include "core/steal/redirect_table.h"

#include "core/base/limits.h"
#include "core/bytes/cursor.h"
#include "core/steal/agent_tables.h"
#include "core/steal/nft_rules.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <utility>

#include <linux/netfilter/nf_tables.h>

namespace podglass::steal {

RedirectTable::RedirectTable(NftSocket socket, RedirectRules rules)
    : m_socket(std::move(socket))
    , m_rules(rules)
    , m_name(uniqueTableName(std::to_string(rules.port)))
    , m_comment(agentComment())
{}

RedirectTable::~RedirectTable()
{
    remove();
}

base::Result<RedirectTable> RedirectTable::install(NftSocket socket, const RedirectRules& rules)
{
    if (const base::Status cleared = clearLeftovers(socket, rules.port); !cleared)
        return cleared.error();
    RedirectTable table(std::move(socket), rules);
    base::Status created = base::Error{};
    if (!rules.timed)
        created = table.create();
    // Kernels before 5.12 know no owners: the redirect is renewed each second instead.
    if (!created) {
        table.m_rules.timed = true;
        created = table.create();
    }
    if (!created)
        return created.error();
    return table;
}

// Kernels without nft_fib_inet: the listener refuses what was not meant for this host.
base::Status RedirectTable::create()
{
    base::Status created = create(true);
    return created ? created : create(false);
}

base::Status RedirectTable::create(bool localOnly)
{
    NftBatch batch = m_socket.newBatch();
    addTable(batch, m_name, m_comment, !m_rules.timed);
    if (m_rules.timed) {
        addAliveSet(batch, m_name);
        addAlive(batch, m_name, m_rules.port);
    }
    addTrackingChain(batch, m_name);
    for (const std::string_view chain : {preroutingChain, outputChain}) {
        addNatChain(batch, m_name, chain);
        if (m_rules.passMarked)
            addPassMarked(batch, m_name, chain, upstreamMark);
        RedirectMatch match{m_rules.port, m_rules.listenerPort};
        match.toLocalAddress = localOnly && chain == preroutingChain;
        match.leavesByLo = chain == outputChain;
        match.whileAlive = m_rules.timed;
        addRedirect(batch, m_name, chain, match);
    }
    batch.finish();
    base::Status created = m_socket.commit(batch);
    m_inForce = static_cast<bool>(created);
    m_there = m_inForce;
    m_localOnly = localOnly;
    return created;
}

base::Status RedirectTable::check()
{
    if (!m_inForce)
        return m_there && m_rules.timed ? renew() : base::Done{};
    const std::size_t wanted = m_rules.passMarked ? 2 : 1;
    for (const std::string_view chain : {preroutingChain, outputChain}) {
        const auto rules = countRules(m_socket, m_name, chain);
        if (!rules || *rules != wanted)
            return base::Error{.what = "another program changed or removed our packet rules",
                               .where = "table inet " + m_name,
                               .advice = "see `nft monitor` for who does; then steal again",
                               .lasting = base::Lasting::Transient};
    }
    return m_rules.timed ? renew() : base::Done{};
}

// An element's time cannot be set anew on all kernels: it is replaced, in one transaction. One that
// has just expired cannot be deleted.
base::Status RedirectTable::renew()
{
    NftBatch both = m_socket.newBatch();
    deleteAlive(both, m_name, m_rules.port);
    addAlive(both, m_name, m_rules.port);
    both.finish();
    if (base::Status renewed = m_socket.commit(both); renewed)
        return renewed;
    NftBatch again = m_socket.newBatch();
    addAlive(again, m_name, m_rules.port);
    again.finish();
    return m_socket.commit(again);
}

void RedirectTable::remove()
{
    if (!m_socket.isOpen() || !std::exchange(m_there, false))
        return;
    m_inForce = false;
    NftBatch batch = m_socket.newBatch();
    deleteTable(batch, m_name);
    batch.finish();
    // Failing, it is gone already; an owned one goes with the socket in any case.
    static_cast<void>(m_socket.commit(batch));
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
    const std::string redirect =
        "tcp dport " + (m_rules.timed ? "@" + std::string(aliveSet) : std::to_string(m_rules.port))
        + " tcp flags syn / fin,syn,rst,ack redirect to :" + std::to_string(m_rules.listenerPort)
        + "\n";
    std::string out = "table inet " + m_name + " {\n" + (m_rules.timed ? "" : "\tflags owner\n")
                      + "\tcomment \"" + m_comment + "\"\n\n";
    if (m_rules.timed)
        out += "\tset alive {\n\t\ttype inet_service\n\t\ttimeout "
               + std::to_string(limits::timedRedirect.count()) + "s\n\t}\n\n";
    out += std::string(trackingText) + "\n" + natChainText(preroutingChain);
    if (m_inForce)
        out += mark + (m_localOnly ? "\t\tfib daddr type local " : "\t\t") + redirect;
    out += "\t}\n\n" + natChainText(outputChain);
    if (m_inForce)
        out += mark + "\t\toifname \"lo\" " + redirect;
    return out + "\t}\n}\n";
}

} // namespace podglass::steal
