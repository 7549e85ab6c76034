// SPDX-License-Identifier: Apache-2.0
#include "core/steal/steal_port.h"

#include "core/base/limits.h"
#include "core/steal/listener.h"
#include "core/steal/proxied.h"
#include "core/steal/self_test.h"

#include <optional>
#include <unordered_map>

#include <sys/epoll.h>

namespace podglass::steal {

namespace {

constexpr std::chrono::milliseconds selfTestPatience{250};
constexpr std::chrono::milliseconds checkInterval{500}; // a loop must end within a second
constexpr std::uint64_t ownIds = std::uint64_t{1} << 62;

} // namespace

class StealPort::Impl : public std::enable_shared_from_this<StealPort::Impl>
{
public:
    explicit Impl(ProxyContext context)
        : m_context(std::move(context))
    {
        m_context.onEnded = [this](Proxied* ended) { m_connections.erase(ended->id()); };
        m_context.retire = [this](auto stream) { retire(std::move(stream)); };
    }

    base::Status start();
    void shutDown();
    void release();
    void endSilent(base::Duration patience);

    void setTakings(std::vector<Taking> takings)
    {
        if (!m_released)
            m_context.takings = std::move(takings);
    }

    void setTls(std::shared_ptr<const io::TlsTermination> tls)
    {
        if (!m_released)
            m_context.tls = std::move(tls);
    }

    [[nodiscard]] const TlsCounts& tlsCounts() const { return m_context.tlsCounts; }

    [[nodiscard]] std::size_t proxied() const { return m_connections.size(); }

    [[nodiscard]] bool released() const { return m_released; }

    [[nodiscard]] std::string rulesText() const { return m_redirect ? m_redirect->text() : ""; }

    void check();

private:
    base::Status redirect();
    base::Status testSelf();
    void listen();
    void acceptAll();
    bool acceptOne(std::size_t index);
    void serve(Accepted accepted);
    void loopFound(Accepted accepted);
    void giveUp(std::string why);
    void retire(std::unique_ptr<TakerStream> stream);
    base::ConnectionId nextConnection();

    ProxyContext m_context;
    std::optional<Listener> m_listener;
    std::unique_ptr<Redirect> m_redirect;
    std::unordered_map<base::ConnectionId, std::shared_ptr<Proxied>> m_connections;
    std::vector<std::unique_ptr<TakerStream>> m_retired;
    std::uint64_t m_opened = 0;
    bool m_released = false;
    bool m_looped = false;
    io::Loop::TimerId m_check;
};

base::Status StealPort::Impl::start()
{
    base::Status opened = redirect();
    if (opened && !m_context.setup.withoutSelfTest)
        opened = testSelf();
    if (!opened) {
        shutDown();
        return opened;
    }
    listen();
    return base::Done{};
}

base::Status StealPort::Impl::redirect()
{
    const StealSetup& setup = m_context.setup;
    auto made = setup.privileges->redirect(
        setup.networkNamespace,
        {.port = setup.port, .passMarked = !setup.withoutMarkRule, .timed = setup.timed});
    if (!made)
        return made.error();
    m_redirect = std::move(*made);
    m_listener.emplace(m_redirect->takeListener());
    return base::Done{};
}

base::Status StealPort::Impl::testSelf()
{
    const StealSetup& setup = m_context.setup;
    const auto addresses = setup.privileges->addresses(setup.networkNamespace);
    if (!addresses)
        return addresses.error();
    SelfTest test(*addresses, setup.port, m_context.upstreams, m_context.own);
    test.wait(selfTestPatience);
    acceptAll(); // clients that came in meanwhile are served
    if (!m_looped)
        return base::Done{};
    return base::Error{"the packet rules send our own connections back to us",
                       "steal port " + std::to_string(setup.port),
                       "other rules of this host change or ignore packet marks; see `nft list "
                       "ruleset`",
                       base::Lasting::Persistent};
}

void StealPort::Impl::listen()
{
    for (const io::Fd& socket : m_listener->sockets()) {
        if (socket)
            m_context.loop.watch(socket.get(), EPOLLIN, [self = weak_from_this()](std::uint32_t) {
                if (const auto alive = self.lock())
                    alive->acceptAll();
            });
    }
    check();
}

// Twice a second: rules that others changed are noticed, and a timed table is renewed, also while
// it only translates what is left: the next agent would take it for a dead one's.
void StealPort::Impl::check()
{
    if (!m_redirect)
        return;
    if (const base::Status checked = m_redirect->check(); !checked && !m_released) {
        giveUp(checked.error().text());
        return;
    }
    m_check = m_context.loop.after(checkInterval, [self = weak_from_this()] {
        if (const auto alive = self.lock())
            alive->check();
    });
}

void StealPort::Impl::acceptAll()
{
    for (std::size_t index = 0; index < m_listener->sockets().size(); ++index) {
        while (acceptOne(index)) {}
    }
}

bool StealPort::Impl::acceptOne(std::size_t index)
{
    Accepted accepted;
    switch (m_listener->accept(index, accepted)) {
    case Listener::Outcome::Nothing:
        return false;
    case Listener::Outcome::Refused:
        return true;
    case Listener::Outcome::OutOfResources:
        giveUp("the agent has no file descriptors or memory left for more connections");
        return false;
    case Listener::Outcome::Took:
        break;
    }
    if (m_context.own.contains(accepted.client))
        loopFound(std::move(accepted));
    else
        serve(std::move(accepted));
    return true;
}

void StealPort::Impl::serve(Accepted accepted)
{
    const base::ConnectionId id = nextConnection();
    const auto connection = std::make_shared<Proxied>(m_context, std::move(accepted), id);
    if (!connection->start())
        return;
    m_connections.emplace(id, connection);
    if (m_connections.size() >= limits::proxiedConnections)
        giveUp("more than " + std::to_string(limits::proxiedConnections)
               + " connections at once; new ones go to the service directly");
}

// Our own connection came back to us (incident I1): every further one would do the same.
void StealPort::Impl::loopFound(Accepted accepted)
{
    m_looped = true;
    closeWithReset(std::move(accepted.socket));
    giveUp("our own connection to the service came back to us: the packet rules loop");
}

void StealPort::Impl::giveUp(std::string why)
{
    if (m_released)
        return;
    release();
    // Told from the loop, not from here: the hearer may destroy this port.
    m_context.loop.post([self = weak_from_this(), why = std::move(why)] {
        if (const auto alive = self.lock())
            alive->m_context.observer.gaveUp(alive->m_context.setup.port, why);
    });
}

void StealPort::Impl::release()
{
    if (std::exchange(m_released, true) || !m_redirect)
        return;
    m_context.takings.clear();
    m_context.tls.reset(); // the key goes with the last handshake
    // The table as a whole goes with the object; if its rules cannot go alone, it goes now.
    if (!m_redirect->release())
        m_redirect.reset();
    if (!m_looped)
        acceptAll(); // who was redirected before is served
}

void StealPort::Impl::endSilent(base::Duration patience)
{
    const base::Instant now = io::Loop::now();
    const auto connections = m_connections; // each that ends leaves the original
    for (const auto& [id, connection] : connections)
        connection->endIfSilent(now, patience);
}

// The rules first, so that nobody new is sent here; the table last, because without it the kernel
// stops translating and the resets would reach the clients from a port they do not know.
void StealPort::Impl::shutDown()
{
    m_released = true;
    if (m_redirect && !m_redirect->release())
        m_redirect.reset();
    m_context.loop.cancel(m_check);
    if (m_listener) {
        for (const io::Fd& socket : m_listener->sockets())
            m_context.loop.unwatch(socket.get());
    }
    const auto connections = std::exchange(m_connections, {});
    for (const auto& [id, connection] : connections)
        connection->abort(flow::Direction::ServerToClient);
    m_listener.reset(); // who waits in its queue is reset too
    m_redirect.reset();
    m_retired.clear();
}

void StealPort::Impl::retire(std::unique_ptr<TakerStream> stream)
{
    m_retired.push_back(std::move(stream));
    if (m_retired.size() > 1)
        return; // the task below is on its way
    m_context.loop.post([self = weak_from_this()] {
        if (const auto alive = self.lock())
            std::exchange(alive->m_retired, {}).clear();
    });
}

base::ConnectionId StealPort::Impl::nextConnection()
{
    if (m_context.setup.nextConnection)
        return m_context.setup.nextConnection();
    return {ownIds + (std::uint64_t{m_context.setup.port} << 32) + ++m_opened};
}

namespace {

StealSetup withPrivileges(StealSetup setup)
{
    static OwnPrivileges own; // has no state
    if (setup.privileges == nullptr)
        setup.privileges = &own;
    return setup;
}

} // namespace

StealPort::StealPort(io::Loop& loop,
                     StealSetup setup,
                     reassembly::StreamFactory& parsers,
                     TakerGate& gate,
                     ProxyObserver& observer)
{
    setup = withPrivileges(std::move(setup));
    UpstreamSockets upstreams(*setup.privileges, setup.networkNamespace);
    m_impl = std::make_shared<Impl>(ProxyContext{
        .loop = loop,
        .setup = std::move(setup),
        .parsers = parsers,
        .gate = gate,
        .observer = observer,
        .upstreams = std::move(upstreams),
    });
}

StealPort::~StealPort()
{
    m_impl->shutDown();
}

base::Status StealPort::start()
{
    return m_impl->start();
}

void StealPort::setTakings(std::vector<Taking> takings)
{
    m_impl->setTakings(std::move(takings));
}

void StealPort::setTls(std::shared_ptr<const io::TlsTermination> tls)
{
    m_impl->setTls(std::move(tls));
}

void StealPort::release()
{
    m_impl->release();
}

void StealPort::endSilent(base::Duration patience)
{
    m_impl->endSilent(patience);
}

bool StealPort::drained() const
{
    return m_impl->released() && m_impl->proxied() == 0;
}

std::size_t StealPort::proxied() const
{
    return m_impl->proxied();
}

const TlsCounts& StealPort::tlsCounts() const
{
    return m_impl->tlsCounts();
}

std::string StealPort::rulesText() const
{
    return m_impl->rulesText();
}

} // namespace podglass::steal
