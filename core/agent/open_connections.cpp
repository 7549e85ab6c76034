// SPDX-License-Identifier: Apache-2.0
#include "core/agent/open_connections.h"

#include "core/base/limits.h"

namespace podglass::agent {

void OpenConnections::update()
{
    while (const auto record = m_cursor.next()) {
        const channel::RecordInfo& info = record->info;
        if (info.opensConnection && m_openings.size() < limits::connections)
            m_openings[info.connection] = {
                info.target, info.port, {record->bytes.begin(), record->bytes.end()}};
        else if (info.endsConnection)
            m_openings.erase(info.connection);
    }
    // Overtaken: which closings were missed is unknown. Better to announce none than dead ones.
    if (m_cursor.takeOverrun())
        m_openings.clear();
}

std::size_t OpenConnections::count(base::TargetId target, std::uint16_t port) const
{
    std::size_t count = 0;
    forEach(target, port, [&](bytes::ByteView) { ++count; });
    return count;
}

void OpenConnections::forEach(base::TargetId target,
                              std::uint16_t port,
                              const std::function<void(bytes::ByteView frame)>& visit) const
{
    for (const auto& [connection, opening] : m_openings) {
        if (opening.target == target && opening.port == port)
            visit(opening.frame);
    }
}

} // namespace podglass::agent
