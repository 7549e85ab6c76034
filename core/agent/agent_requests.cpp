// SPDX-License-Identifier: Apache-2.0
// Agent: what clients ask for.
#include "core/agent/agent.h"

#include <algorithm>

namespace podglass::agent {

namespace {

wire::Failure failureOf(const base::Error& error, std::uint32_t request, base::TargetId target)
{
    return {.request = request,
            .target = target,
            .what = error.what,
            .where = error.where,
            .advice = error.advice,
            .lasting = error.lasting == base::Lasting::Persistent};
}

} // namespace

void Agent::listTargets(ClientConnection& client, const wire::ListTargets& request)
{
    wire::TargetList list = m_options.means.privileges->listTargets();
    list.request = request.request;
    client.send(list);
}

void Agent::attach(ClientConnection& client, const wire::Attach& request)
{
    const auto target = m_targets.open(request.spec);
    if (!target)
        client.send(failureOf(target.error(), request.request, {}));
    else if ((*target)->ready())
        join(client, **target, request.request);
    else
        (*target)->waiting.emplace_back(client.id(), request.request);
}

void Agent::onTargetReady(AttachedTarget& target)
{
    for (const auto& [id, request] : std::exchange(target.waiting, {})) {
        if (ClientConnection* client = find(id))
            join(*client, target, request);
    }
}

void Agent::join(ClientConnection& client, AttachedTarget& target, std::uint32_t request)
{
    log("client " + client.name() + " attached " + target.spec());
    target.clients.insert(client.id());
    client.feed().follow(target.broadcast().ring(), target.id());
    client.send(target.describe(request));
    if (m_memory.level() == MemoryLevel::Enough)
        return;
    target.pause(true); // it may have come meanwhile
    tellOfMemory(client);
}

// Called from inside the target: the registry sweeps it later.
void Agent::onTargetGone(AttachedTarget& target, const base::Error& error)
{
    log("target " + target.spec() + " is gone: " + error.text());
    for (const auto& [id, request] : target.waiting) {
        if (ClientConnection* client = find(id))
            client->send(failureOf(error, request, {}));
    }
    for (const base::ClientId id : target.clients) {
        if (ClientConnection* client = find(id))
            client->send(failureOf(error, 0, target.id()));
    }
    // What the ring still holds is delivered until the sweep.
    wakeClientsOf(target);
    m_loop.post([this, id = target.id()] {
        AttachedTarget* gone = m_targets.find(id);
        if (gone == nullptr)
            return;
        for (const auto& [clientId, client] : m_clients)
            client->feed().forget(gone->broadcast().ring());
        m_targets.retire(*gone);
        m_targets.sweep();
    });
}

void Agent::detach(ClientConnection& client, const wire::Detach& request)
{
    AttachedTarget* target = m_targets.find(request.target);
    if (target == nullptr || !target->clients.contains(client.id()))
        return; // it just went away; the client was told
    client.feed().forget(target->broadcast().ring());
    m_targets.leave(*target, client.id());
    m_loop.post([this] { m_targets.sweep(); });
}

void Agent::listRules(ClientConnection& client, const wire::ListRules& request)
{
    AttachedTarget* target = m_targets.find(request.target);
    if (target == nullptr || !target->clients.contains(client.id()))
        return client.send(failureOf({.what = "this target is not attached",
                                      .where = "list packet rules",
                                      .advice = "attach it first"},
                                     request.request,
                                     request.target));
    auto foreign = m_options.means.privileges->foreignRules(target->networkNamespace());
    if (!foreign)
        return client.send(failureOf(foreign.error(), request.request, request.target));
    client.send(wire::Rules{request.request,
                            request.target,
                            target->ports().rulesText(),
                            std::move(foreign->chains),
                            std::move(foreign->notes)});
}

void Agent::setPort(ClientConnection& client, const wire::SetPort& request)
{
    AttachedTarget* target = m_targets.find(request.target);
    if (target == nullptr || !target->clients.contains(client.id())) {
        wire::PortState state;
        state.target = request.target;
        state.port = request.port;
        state.revision = request.revision;
        state.refused = true;
        state.message = "this target is not attached";
        client.send(state);
        return;
    }
    // Followed before it is told: what the capture sees first is not missed.
    const wire::PortState state = target->ports().set(client.id(), request);
    follow(client, *target, state, request.bodyLimit);
}

// Not attached: the SetPort that follows is refused.
void Agent::setTls(ClientConnection& client, const wire::SetTls& request)
{
    AttachedTarget* target = m_targets.find(request.target);
    if (target != nullptr && target->clients.contains(client.id()))
        target->ports().setTls(client.id(), request);
}

void Agent::endOld(ClientConnection& client, const wire::EndOld& request)
{
    AttachedTarget* target = m_targets.find(request.target);
    if (target == nullptr || !target->clients.contains(client.id()))
        return client.send(failureOf({.what = "this target is not attached",
                                      .where = "end old connections",
                                      .advice = "attach it first"},
                                     request.request,
                                     request.target));
    const auto ended = target->ports().endOld(client.id(), request);
    if (!ended)
        return client.send(failureOf(ended.error(), request.request, request.target));
    log("client " + client.name() + " ended " + std::to_string(ended.value().ended)
        + " old connections of port " + std::to_string(request.port));
    client.send(ended.value());
}

void Agent::setDelivery(ClientConnection& client, const wire::SetDelivery& request)
{
    AttachedTarget* target = m_targets.find(request.target);
    if (target == nullptr || !client.feed().setDelivery(request))
        return; // not attached or not subscribed any more: nothing is delivered there
    target->ports().setBodyLimit(client.id(), request.port, std::ranges::max(request.bodyLimits));
}

// The feed sends what the client may see from now on, and first what is open already.
void Agent::follow(ClientConnection& client,
                   AttachedTarget& target,
                   const wire::PortState& state,
                   std::uint64_t bodyLimit)
{
    EventFeed& feed = client.feed();
    if (state.mode == wire::Mode::Off) {
        feed.unsubscribe(target.id(), state.port);
        return;
    }
    if (feed.subscribed(target.id(), state.port)) {
        feed.subscribe(target.id(), state.port, bodyLimit);
        return;
    }
    const auto announce = [&](bytes::ByteView frame) { feed.announce(frame); };
    target.broadcast().open().forEach(target.id(), state.port, announce);
    if (m_proxyEvents)
        m_proxyEvents->broadcast().open().forEach(target.id(), state.port, announce);
    feed.subscribe(target.id(), state.port, bodyLimit);
    client.wake();
}

} // namespace podglass::agent
