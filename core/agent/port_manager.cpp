// SPDX-License-Identifier: Apache-2.0
#include "core/agent/port_manager.h"

#include "core/base/limits.h"

#include <algorithm>

namespace podglass::agent {

using wire::Mode;

namespace {

constexpr std::size_t filterWords = 200; // of another's filter; more is cut

} // namespace

PortManager::PortManager(PortServices& services, PortTarget target)
    : m_services(services)
    , m_target(std::move(target))
{}

PortManager::~PortManager() = default;

wire::PortState PortManager::set(base::ClientId client, const wire::SetPort& wanted)
{
    Port& port = m_ports[wanted.port];
    const std::vector<Wish> before = port.wishes;
    base::Status status = base::Done{};
    if (wanted.mode == Mode::Off) {
        m_tls.forget(client, wanted.port);
        std::erase_if(port.wishes, [&](const Wish& wish) { return wish.client == client; });
        status = apply(wanted.port, port);
    } else if (auto wish = checked(port, client, wanted)) {
        place(port, std::move(wish).value());
        status = apply(wanted.port, port);
    } else {
        status = wish.error();
    }
    if (!status) {
        port.wishes = before;
        // What was in force before was in force a moment ago; failing again, it is told by
        // gaveUp().
        static_cast<void>(apply(wanted.port, port));
    }
    wire::PortState state = stateOf(wanted.port, client);
    if (!status) {
        state.refused = true;
        state.revision = wanted.revision;
        state.message = status.error().text();
    }
    tell(client, state);
    if (status)
        tellOthers(wanted.port, client);
    if (port.wishes.empty() && !port.stolen)
        m_ports.erase(wanted.port);
    return state;
}

base::Result<PortManager::Wish>
PortManager::checked(const Port& port, base::ClientId client, const wire::SetPort& wanted)
{
    const std::string where = "set port " + std::to_string(wanted.port);
    if (wanted.port == 0)
        return base::Error{.what = "there is no port 0", .where = where, .advice = ""};
    Wish wish{client, wanted, nullptr, 0};
    if (const auto own = std::ranges::find(port.wishes, client, &Wish::client);
        own != port.wishes.end())
        wish.bodyLimit = own->bodyLimit;
    if (wanted.mode != Mode::Steal) {
        m_tls.forget(client, wanted.port);
        return wish;
    }
    if (std::string lacks = m_services.stealLacks(); !lacks.empty())
        return base::Error{.what = "this agent cannot steal: " + lacks,
                           .where = where,
                           .advice = "mirroring works without"};
    // What is stolen already may be edited.
    if (!port.stolen) {
        if (const base::Status room = m_services.roomForMore(where); !room)
            return room.error();
    }
    auto compiled = m_services.filters().get(wanted.filter, filter::Use::Steal);
    if (!compiled)
        return compiled.error();
    wish.filter = std::move(compiled).value();
    if (const base::Status status = checkTls(port, client, wanted.port); !status)
        return status.error();
    for (const Wish& other : port.wishes) {
        if (other.client != client && other.filter && other.filter->matchesEverything()
            && wish.filter->matchesEverything())
            return base::Error{.what = m_services.nameOf(other.client)
                                       + " already takes every request of this port",
                               .where = where,
                               .advice = "use a filter, or ask them to"};
    }
    return wish;
}

// A taking that is only edited keeps its place; a new one comes after all others.
void PortManager::place(Port& port, Wish wish)
{
    const auto own = std::ranges::find(port.wishes, wish.client, &Wish::client);
    if (own != port.wishes.end() && own->wanted.mode == wish.wanted.mode) {
        *own = std::move(wish);
        return;
    }
    if (own != port.wishes.end())
        port.wishes.erase(own);
    port.wishes.push_back(std::move(wish));
}

base::Status PortManager::apply(std::uint16_t number, Port& port)
{
    std::vector<steal::Taking> takings;
    for (const Wish& wish : port.wishes) {
        if (wish.wanted.mode == Mode::Steal)
            takings.push_back(
                {wish.client, wish.wanted.revision, wish.filter, wish.wanted.onFailure});
    }
    base::Status status = base::Done{};
    if (!takings.empty() && !port.stolen)
        status = startStealing(number, port);
    if (port.stolen && !takings.empty()) {
        const Wish* ends = endsTls(port, number);
        port.stolen->setTls(ends == nullptr ? nullptr : m_tls.of(ends->client, number));
        port.stolen->setTakings(std::move(takings));
    } else if (port.stolen) {
        port.stolen->release();
        m_draining.push_back(std::move(port.stolen));
    }
    sendPlan();
    return status;
}

base::Status PortManager::startStealing(std::uint16_t number, Port& port)
{
    port.oldConnections = m_target.openConnections(number);
    port.tls = {};
    steal::StealSetup setup;
    setup.networkNamespace = m_target.networkNamespace;
    setup.port = number;
    setup.target = m_target.id;
    TakenPort::Reports reports;
    reports.capture = m_target.capture;
    reports.gaveUp = [this](std::uint16_t which, std::string_view why) { gaveUp(which, why); };
    std::unique_ptr<TakenPort> stolen = m_target.take(std::move(setup), std::move(reports));
    base::Status started = stolen->start();
    if (!started)
        return started;
    port.stolen = std::move(stolen);
    // After the redirect is in force: whoever came before it is in the list, who comes later ours.
    port.oldPeers.reset();
    if (auto peers = m_target.peerPorts(number))
        port.oldPeers = std::move(peers).value();
    return started;
}

void PortManager::sendPlan()
{
    CapturePlan plan;
    for (const auto& [number, port] : m_ports) {
        if (!port.wishes.empty())
            plan.ports.emplace(number, port.stolen == nullptr);
        if (!port.wishes.empty() && port.stolen && port.oldPeers)
            plan.oldPeers.emplace(number, *port.oldPeers);
        for (const Wish& wish : port.wishes)
            plan.bodyLimit = std::max({plan.bodyLimit, wish.wanted.bodyLimit, wish.bodyLimit});
    }
    if (plan == m_plan)
        return;
    m_plan = plan;
    ++m_plansSent;
    m_target.capture(std::move(plan));
}

void PortManager::planInForce()
{
    ++m_plansInForce;
    while (!m_held.empty() && m_held.front().plan <= m_plansInForce) {
        const Held held = std::move(m_held.front());
        m_held.pop_front();
        m_services.tell(held.client, held.state);
    }
}

// In the order in which they were said.
void PortManager::tell(base::ClientId client, const wire::PortState& state)
{
    if (m_plansInForce == m_plansSent) {
        m_services.tell(client, state);
        return;
    }
    m_held.push_back({m_plansSent, client, state});
    if (m_held.size() <= limits::heldPortStates)
        return;
    const Held early = std::move(m_held.front());
    m_held.pop_front();
    m_services.tell(early.client, early.state);
}

void PortManager::setBodyLimit(base::ClientId client, std::uint16_t port, std::uint64_t bytes)
{
    const auto found = m_ports.find(port);
    if (found == m_ports.end())
        return;
    for (Wish& wish : found->second.wishes) {
        if (wish.client == client)
            wish.bodyLimit = bytes;
    }
    sendPlan();
}

void PortManager::clientLeft(base::ClientId client)
{
    std::vector<std::uint16_t> touched;
    for (const auto& [number, port] : m_ports) {
        if (std::ranges::find(port.wishes, client, &Wish::client) != port.wishes.end())
            touched.push_back(number);
    }
    for (const std::uint16_t number : touched)
        drop(number, client);
    std::erase_if(m_held, [&](const Held& held) { return held.client == client; });
}

void PortManager::drop(std::uint16_t number, base::ClientId client)
{
    Port& port = m_ports.at(number);
    std::erase_if(port.wishes, [&](const Wish& wish) { return wish.client == client; });
    m_tls.forget(client, number);
    // Nothing new is started here, so nothing can fail.
    static_cast<void>(apply(number, port));
    tellOthers(number, client);
    if (port.wishes.empty() && !port.stolen)
        m_ports.erase(number);
}

// Called from inside the StealPort: it may be put aside, not destroyed.
void PortManager::gaveUp(std::uint16_t number, std::string_view why)
{
    const auto found = m_ports.find(number);
    if (found == m_ports.end() || !found->second.stolen)
        return;
    Port& port = found->second;
    m_draining.push_back(std::move(port.stolen));
    std::vector<base::ClientId> takers;
    for (Wish& wish : port.wishes) {
        if (wish.wanted.mode != Mode::Steal)
            continue;
        takers.push_back(wish.client);
        wish.wanted.mode = Mode::Mirror;
        wish.filter.reset();
        m_tls.forget(wish.client, number);
    }
    sendPlan();
    for (const Wish& wish : port.wishes) {
        wire::PortState state = stateOf(number, wish.client);
        if (std::ranges::find(takers, wish.client) != takers.end())
            state.message = why;
        tell(wish.client, state);
    }
}

void PortManager::tellOthers(std::uint16_t number, base::ClientId except)
{
    const auto found = m_ports.find(number);
    if (found == m_ports.end())
        return;
    for (const Wish& wish : found->second.wishes) {
        if (wish.client != except)
            tell(wish.client, stateOf(number, wish.client));
    }
}

wire::PortState PortManager::stateOf(std::uint16_t number, base::ClientId client) const
{
    wire::PortState state;
    state.target = m_target.id;
    state.port = number;
    const auto found = m_ports.find(number);
    if (found == m_ports.end())
        return state;
    for (const Wish& wish : found->second.wishes) {
        if (wish.client == client) {
            state.mode = wish.wanted.mode;
            state.revision = wish.wanted.revision;
        } else {
            // Of two filters that match, the older wins: whoever comes before us in the list.
            const bool older = state.mode != Mode::Steal;
            state.otherClients.push_back(m_services.nameOf(wish.client) + whatItDoes(wish, older));
        }
    }
    if (found->second.stolen) {
        state.rules = found->second.stolen->rulesText();
        state.oldConnections = found->second.oldConnections;
    }
    return state;
}

// " (steals before you: path starts \"/cart\")", for people to see an overlap before it happens.
std::string PortManager::whatItDoes(const Wish& wish, bool older)
{
    if (wish.wanted.mode != Mode::Steal)
        return " (mirrors)";
    const std::string& filter = wish.wanted.filter;
    const bool everything = !wish.filter || wish.filter->matchesEverything();
    return std::string(older ? " (steals before you: " : " (steals after you: ")
           + (everything                     ? "every request"
              : filter.size() <= filterWords ? filter
                                             : filter.substr(0, filterWords) + "…")
           + ")";
}

void PortManager::tick()
{
    std::erase_if(m_draining, [](const auto& stolen) { return stolen->drained(); });
    for (auto& [number, port] : m_ports)
        tellTls(number, port);
}

void PortManager::endSilent(base::Duration patience)
{
    for (const auto& stolen : m_draining)
        stolen->endSilent(patience);
}

bool PortManager::quiet() const
{
    return m_draining.empty() && std::ranges::none_of(m_ports, [](const auto& entry) {
               return entry.second.stolen != nullptr;
           });
}

std::string PortManager::rulesText() const
{
    std::string text;
    for (const auto& [number, port] : m_ports)
        text += port.stolen ? port.stolen->rulesText() : "";
    for (const auto& stolen : m_draining) {
        const std::size_t left = stolen->proxied();
        text += "# given back: redirects nothing new; " + std::to_string(left)
                + (left == 1 ? " connection that it redirected before goes on\n"
                             : " connections that it redirected before go on\n")
                + stolen->rulesText();
    }
    return text;
}

std::size_t PortManager::proxied() const
{
    std::size_t sum = 0;
    for (const auto& [number, port] : m_ports)
        sum += port.stolen ? port.stolen->proxied() : 0;
    for (const auto& stolen : m_draining)
        sum += stolen->proxied();
    return sum;
}

} // namespace podglass::agent
