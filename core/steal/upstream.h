// SPDX-License-Identifier: Apache-2.0
// Connections to the original service, made inside its namespace and carrying the mark that our
// rules let pass, and the register of their own ends: a connection that arrives at our listener
// from one of these is our own, so the rules have failed and must go (incident I1).
#pragma once

#include "core/base/result.h"
#include "core/flow/event.h"
#include "core/io/fd.h"
#include "core/io/socket.h"
#include "core/steal/privileges.h"

#include <map>
#include <set>
#include <vector>

namespace podglass::steal {

// Marked sockets, some in reserve: most connections need no question to whoever may make them.
// Thread: the loop's.
class UpstreamSockets
{
public:
    // `networkNamespace` stays the caller's.
    UpstreamSockets(Privileges& privileges, int networkNamespace)
        : m_privileges(&privileges)
        , m_namespace(networkNamespace)
    {}

    base::Result<io::Fd> take(int family);

private:
    Privileges* m_privileges;
    int m_namespace;
    std::map<int, std::vector<io::Fd>> m_reserve; // by address family
};

// A connect under way: writable when decided. The mark is set before the first packet.
base::Result<io::Fd> beginUpstream(UpstreamSockets& sockets, const io::SocketAddress& to);

// Thread: the loop's.
class OwnSockets
{
public:
    void add(const flow::Endpoint& end) { m_ends.insert(end); }

    void remove(const flow::Endpoint& end) { m_ends.erase(end); }

    [[nodiscard]] bool contains(const flow::Endpoint& end) const { return m_ends.contains(end); }

private:
    std::set<flow::Endpoint> m_ends;
};

} // namespace podglass::steal
