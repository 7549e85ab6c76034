// SPDX-License-Identifier: Apache-2.0
#include "core/agent/port_delivery.h"

#include "core/base/limits.h"

#include <algorithm>

namespace podglass::agent {

namespace {

// Neighbouring numbers must not share their fate (the finaliser of splitmix64, public domain).
std::uint64_t mixed(std::uint64_t number)
{
    number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9U;
    number = (number ^ number >> 27) * 0x94d049bb133111ebU;
    return number ^ number >> 31;
}

} // namespace

void PortDelivery::wish(const wire::SetDelivery& wish)
{
    m_wish = wish;
    m_state = {};
    m_state.target = wish.target;
    m_state.port = wish.port;
    m_told = {};
    m_allowance = static_cast<double>(wish.bytesPerSecond);
    m_refilled = 0;
}

wire::BodyLimits PortDelivery::bodyLimits() const
{
    const std::uint64_t common = m_bodyLimit != 0 ? m_bodyLimit : limits::bodyPreviewBytes;
    wire::BodyLimits both{common, common};
    for (std::size_t side = 0; m_wish && side < both.size(); ++side) {
        if (m_wish->bodyLimits.at(side) != 0)
            both.at(side) = m_wish->bodyLimits.at(side);
    }
    return both;
}

bool PortDelivery::leavesOut(base::ConnectionId connection) const
{
    return m_wish && m_wish->oneConnectionIn > 1
           && mixed(connection.value) % m_wish->oneConnectionIn != 0;
}

bool PortDelivery::hasRoomFor(const channel::RecordInfo& info)
{
    if (!m_wish || m_wish->bytesPerSecond == 0)
        return true;
    const auto rate = static_cast<double>(m_wish->bytesPerSecond);
    if (info.at > m_refilled) {
        constexpr double second = 1e9;
        const double passed = static_cast<double>(info.at - m_refilled) / second;
        m_allowance = std::min(rate, m_allowance + std::min(passed, 2.0) * rate);
        m_refilled = info.at;
    }
    return info.bulk ? m_allowance >= static_cast<double>(info.payload) : m_allowance > -rate;
}

void PortDelivery::spend(const channel::RecordInfo& info)
{
    if (m_wish && m_wish->bytesPerSecond != 0)
        m_allowance -= static_cast<double>(info.payload);
}

void PortDelivery::offered(const channel::RecordInfo& info, bool leftOut)
{
    ++m_state.offeredEvents;
    m_state.offeredBytes += info.payload;
    if (info.opensConnection) {
        ++m_state.connections;
        m_state.connectionsLeftOut += leftOut ? 1U : 0U;
    }
}

void PortDelivery::lost(const channel::RecordInfo& info, flow::LossPlace place)
{
    ++m_state.lostEvents;
    m_state.lostBytes += info.payload;
    if (place == flow::LossPlace::Budget) {
        ++m_state.budgetEvents;
        m_state.budgetBytes += info.payload;
    }
}

std::optional<wire::DeliveryState> PortDelivery::state()
{
    if (!m_wish)
        return std::nullopt;
    m_state.deliveredEvents = m_state.offeredEvents - m_state.lostEvents;
    m_state.deliveredBytes = m_state.offeredBytes - m_state.lostBytes;
    m_state.bytesPerSecond = m_state.offeredBytes - m_told.offeredBytes;
    if (m_state.offeredEvents == m_told.offeredEvents && m_told.bytesPerSecond == 0
        && m_told.port != 0)
        return std::nullopt;
    m_told = m_state;
    return m_state;
}

} // namespace podglass::agent
