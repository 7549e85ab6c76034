// SPDX-License-Identifier: Apache-2.0
// PortDelivery: how one port's records reach one client: its body limits, its sample of the
// connections, its cap on the rate, and the account of what that left.
// Time is that of the records (RecordInfo::at), so what is left out does not depend on when the
// client reads. Pure. Thread: the io thread.
#pragma once

#include "core/channel/ring.h"
#include "core/wire/body_cut.h"
#include "core/wire/message.h"

namespace podglass::agent {

class PortDelivery
{
public:
    // `bodyLimit`: of SetPort; 0: the default.
    void setBodyLimit(std::uint64_t bodyLimit) { m_bodyLimit = bodyLimit; }

    // Starts the account anew.
    void wish(const wire::SetDelivery& wish);

    [[nodiscard]] bool closesOnLag() const
    {
        return m_wish && m_wish->onLag == wire::OnLag::CloseConnection;
    }

    // 0: none of its own.
    [[nodiscard]] std::uint64_t lagBytes() const { return m_wish ? m_wish->lagBytes : 0; }

    [[nodiscard]] wire::BodyLimits bodyLimits() const;

    // Not in the sample; the same answer for all records of a connection, for all clients.
    [[nodiscard]] bool leavesOut(base::ConnectionId connection) const;

    // The cap leaves room for this record. Data of bodies stops when the second's allowance is
    // used, whole messages when heads have used another second's.
    [[nodiscard]] bool hasRoomFor(const channel::RecordInfo& info);
    void spend(const channel::RecordInfo& info);

    // The account: each record offered once, then perhaps lost.
    void offered(const channel::RecordInfo& info, bool leftOut);
    void lost(const channel::RecordInfo& info, flow::LossPlace place);

    // Each second: what to tell the client; none: nothing changed or it never asked.
    std::optional<wire::DeliveryState> state();

private:
    std::uint64_t m_bodyLimit = 0;
    std::optional<wire::SetDelivery> m_wish;
    wire::DeliveryState m_state;
    wire::DeliveryState m_told;
    double m_allowance = 0; // bytes
    std::int64_t m_refilled = 0;
};

} // namespace podglass::agent
