// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/attach_command.h"

#include "core/export/message_json.h"
#include "core/export/printable.h"

#include <algorithm>
#include <iostream>

namespace podglass::ctl {

AttachCommand::AttachCommand(LiveOptions live, AttachOptions options)
    : LiveClient(std::move(live))
    , m_options(std::move(options))
{}

AttachCommand::~AttachCommand()
{
    if (!m_options.count)
        return;
    nlohmann::json lost = nlohmann::json::object();
    for (const auto& [place, amount] : m_sums.lost)
        lost[place] = {{"events", amount.first}, {"bytes", amount.second}};
    nlohmann::json sums{{"kind", "sums"},
                        {"events", m_sums.events},
                        {"bytes", m_sums.payload},
                        {"connections", m_sums.connections},
                        {"requests", m_sums.requests},
                        {"responses", m_sums.responses},
                        {"gaps", m_sums.gaps},
                        {"gap_bytes", m_sums.gapBytes},
                        {"lost", lost},
                        {"last_missing_at", m_sums.lastMissing.nanoseconds}};
    if (m_last)
        sums["agent"] = exporting::toJson(*m_last);
    std::cout << sums.dump() << std::endl;
}

void AttachCommand::sum(const flow::Event& event)
{
    ++m_sums.events;
    m_sums.payload += flow::payloadBytes(event);
    if (const auto* lost = std::get_if<flow::Lost>(&event.body)) {
        auto& of = m_sums.lost[exporting::nameOf(lost->place)];
        of.first += lost->events;
        of.second += lost->bytes;
        m_sums.lastMissing = event.at;
    } else if (const auto* gap = std::get_if<flow::Gap>(&event.body)) {
        ++m_sums.gaps;
        m_sums.gapBytes += gap->length;
        m_sums.lastMissing = event.at;
    }
    m_sums.connections += std::holds_alternative<flow::ConnectionOpened>(event.body) ? 1U : 0U;
    m_sums.requests += std::holds_alternative<flow::RequestHead>(event.body) ? 1U : 0U;
    m_sums.responses += std::holds_alternative<flow::ResponseHead>(event.body) ? 1U : 0U;
}

void AttachCommand::connected(const wire::Hello& /*agent*/)
{
    attachToTargets();
}

void AttachCommand::update(session::Update& update)
{
    if (const auto* batch = std::get_if<flow::EventBatch>(&update)) {
        events(*batch);
    } else if (const auto* failure = std::get_if<wire::Failure>(&update)) {
        if (failure->request != 0 || failure->target || failure->lasting)
            fail(*failure);
        else // of the agent as a whole, and it passes
            std::cerr << "podglassctl: "
                      << exporting::printable(
                             base::Error{failure->what, failure->where, failure->advice}.text())
                      << std::endl;
    } else if (const auto* now = std::get_if<wire::Attached>(&update)) {
        attached(*now);
    } else if (const auto* state = std::get_if<wire::PortState>(&update)) {
        onPort(*state);
    } else if (const auto* sample = std::get_if<wire::Telemetry>(&update)) {
        m_last = *sample;
        if (m_options.telemetry)
            std::cout << exporting::toJson(*sample).dump() << std::endl;
    } else if (const auto* share = std::get_if<wire::DeliveryState>(&update)) {
        std::cout << exporting::toJson(*share).dump() << std::endl;
    } else if (onTls(update)) {
        return;
    } else if (const auto* gone = std::get_if<session::Break>(&update)) {
        std::cout << nlohmann::json{{"kind", "break"},
                                    {"from", gone->from.nanoseconds},
                                    {"until", gone->until.nanoseconds}}
                         .dump()
                  << std::endl;
    } else if (const auto* taken = std::get_if<session::Taken>(&update)) {
        if (!taken->problem.empty())
            std::cerr << "podglassctl: a stolen request was not answered: " << taken->problem
                      << std::endl;
    }
}

void AttachCommand::onPort(const wire::PortState& state)
{
    std::cout << exporting::toJson(state).dump() << std::endl;
    if (state.refused)
        fail(state.message);
    else if (m_options.endOld && state.mode == wire::Mode::Steal
             && m_oldEnded.insert(state.port).second)
        session().endOld(state.target, state.port);
}

bool AttachCommand::onTls(const session::Update& update)
{
    if (const auto* tls = std::get_if<wire::TlsState>(&update))
        std::cout << exporting::toJson(*tls).dump() << std::endl;
    else if (const auto* ended = std::get_if<wire::OldEnded>(&update))
        std::cout << exporting::toJson(*ended).dump() << std::endl;
    else
        return false;
    return true;
}

// The key goes once; whoever steals again after a break is asked for it again.
void AttachCommand::steal(base::TargetId target, std::uint16_t port)
{
    session().setTaker(target, port, m_options.taker);
    if (!m_options.tls.certificate.empty())
        session().setTls({target, port, m_options.tls.certificate, m_options.tls.key.text()});
}

void AttachCommand::attached(const wire::Attached& attached)
{
    // Again, after a break: what was wanted is asked for by the session, but for stealing, which
    // does not come back by itself.
    if (!m_attached.insert(attached.target.value).second)
        return;
    if (!attached.lacking.empty())
        std::cerr << "podglassctl: " << exporting::printable(attached.lacking) << std::endl;
    if (severalTargets()) // which target_id is which
        std::cout << nlohmann::json{{"kind", "attached"},
                                    {"target_id", attached.target.value},
                                    {"spec", attached.spec},
                                    {"name", attached.name}}
                         .dump()
                  << std::endl;
    const std::vector<std::uint16_t> ports = portsToFollow(attached, m_options.ports);
    if (ports.empty())
        fail("nothing listens in " + attached.name + "; name a port with --port");
    for (const std::uint16_t port : ports) {
        if (m_options.mode == wire::Mode::Steal)
            steal(attached.target, port);
        wire::SetPort wanted;
        wanted.target = attached.target;
        wanted.port = port;
        wanted.mode = m_options.mode;
        wanted.revision = 1;
        wanted.filter = m_options.filter;
        wanted.onFailure = m_options.onFailure;
        session().setPort(std::move(wanted));
        if (m_options.delivery) {
            wire::SetDelivery delivery = *m_options.delivery;
            delivery.target = attached.target;
            delivery.port = port;
            session().setDelivery(delivery);
        }
    }
}

void AttachCommand::events(const flow::EventBatch& batch)
{
    for (const flow::Event& event : batch.events) {
        if (m_options.count)
            sum(event);
        else
            std::cout << exporting::toJson(event, m_options.secrets).dump() << '\n';
        const auto* end = std::get_if<flow::MessageEnd>(&event.body);
        if (end != nullptr && end->direction == flow::Direction::ServerToClient
            && ++m_answered == m_options.maxExchanges)
            finish(0);
    }
    std::cout.flush();
}

} // namespace podglass::ctl
