// SPDX-License-Identifier: Apache-2.0
// RedirectTable: the packet rules of one stolen port, in force while the object lives.
//
// What they say: a connection that is being opened (its SYN, never a packet of an older connection)
// to an address of the target on the stolen port goes to our listener, whether it comes from
// outside or over lo; sockets with our mark and everything that leaves the target pass.
// Contract: install() is all or nothing. The table belongs to its netlink socket, so it goes with
// the last process that holds that, and only this object can change it. On kernels that know no
// owners (before 5.12), or when asked to, it has none: then it redirects a port only while that
// port is in a set whose element expires unless check() renews it each second. release() takes the
// redirects away and leaves the empty nat chains and a chain that holds connection tracking:
// without either the kernel would stop translating, and the connections already redirected would
// break. Must be made in the target's namespace; thread: its owner's. Source: nft(8),
// linux/netfilter/nf_tables.h (NFT_TABLE_F_OWNER, Linux 5.12).
#pragma once

#include "core/base/result.h"
#include "core/steal/nft_socket.h"

#include <cstdint>
#include <string>

namespace podglass::steal {

// On every upstream socket of every Podglass agent: two agents on one target must pass each other.
inline constexpr std::uint32_t upstreamMark = 0x5047'4c53; // "PGLS"

struct RedirectRules
{
    std::uint16_t port = 0;         // the service's
    std::uint16_t listenerPort = 0; // ours
    bool passMarked = true;         // false only in the test of the loop guard
    bool timed = false;             // without an owner
};

class RedirectTable
{
public:
    // Removes tables that a dead agent left, refuses if a living one redirects the port.
    static base::Result<RedirectTable> install(NftSocket socket, const RedirectRules& rules);

    RedirectTable(RedirectTable&&) noexcept = default;
    RedirectTable& operator=(RedirectTable&&) = delete;
    ~RedirectTable();

    base::Status release();

    // Each second while it is in force: an error if somebody changed the rules.
    base::Status check();

    // Moves its socket to the lowest free descriptor.
    void settle() { m_socket.settle(); }

    // Deletes the table at once.
    void remove();

    [[nodiscard]] const NftSocket& socket() const { return m_socket; }

    [[nodiscard]] const std::string& name() const { return m_name; }

    // It has no owner.
    [[nodiscard]] bool isTimed() const { return m_rules.timed; }

    [[nodiscard]] std::string text() const; // as `nft list table` prints it

private:
    RedirectTable(NftSocket socket, RedirectRules rules);

    base::Status create();
    base::Status create(bool localOnly);
    base::Status renew();

    NftSocket m_socket;
    RedirectRules m_rules;
    std::string m_name;
    std::string m_comment;
    bool m_localOnly = true; // fib lookups are there
    bool m_inForce = false;  // it redirects
    bool m_there = false;    // the kernel has it
};

} // namespace podglass::steal
