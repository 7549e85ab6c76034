// SPDX-License-Identifier: Apache-2.0
#include "core/session/session.h"

#include "core/session/engine.h"

#include <atomic>
#include <csignal>
#include <thread>

namespace podglass::session {

namespace {

// A child that ended is an error of the write() to it, not the end of the whole program. For this
// thread only: the rest of the program keeps its own way with SIGPIPE.
void blockBrokenPipeSignal()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

} // namespace

class Session::Impl
{
public:
    Impl(Options options, Updates& updates)
        : m_engine(m_loop,
                   options,
                   updates,
                   [this, options](CarrierEvents events) {
                       return makeCarrier(m_loop, options, std::move(events));
                   })
        , m_thread([this] {
            blockBrokenPipeSignal();
            m_loop.run();
        })
    {}

    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    ~Impl()
    {
        m_loop.post([this] { m_engine.leave([this] { m_loop.stop(); }); });
        m_thread.join();
    }

    template <typename Act>
    void post(Act act)
    {
        m_loop.post([this, act = std::move(act)]() mutable { act(m_engine); });
    }

    std::uint32_t nextRequest() { return ++m_lastRequest; }

private:
    io::Loop m_loop;
    Engine m_engine; // the thread's, once it runs
    std::atomic<std::uint32_t> m_lastRequest = 0;
    std::jthread m_thread;
};

Session::Session(Options options, Updates& updates)
    : m_impl(std::make_unique<Impl>(std::move(options), updates))
{}

Session::~Session() = default;

void Session::connect()
{
    m_impl->post([](Engine& engine) { engine.connect(); });
}

void Session::disconnect()
{
    m_impl->post([](Engine& engine) { engine.disconnect(); });
}

void Session::listTargets()
{
    m_impl->post(
        [request = m_impl->nextRequest()](Engine& engine) { engine.listTargets(request); });
}

std::uint32_t Session::attach(std::string spec)
{
    const std::uint32_t request = m_impl->nextRequest();
    m_impl->post(
        [request, spec = std::move(spec)](Engine& engine) { engine.attach(request, spec); });
    return request;
}

void Session::detach(base::TargetId target)
{
    m_impl->post([target](Engine& engine) { engine.detach(target); });
}

std::uint32_t Session::listRules(base::TargetId target)
{
    const std::uint32_t request = m_impl->nextRequest();
    m_impl->post([request, target](Engine& engine) { engine.listRules(request, target); });
    return request;
}

void Session::setPort(wire::SetPort wanted)
{
    m_impl->post([wanted = std::move(wanted)](Engine& engine) { engine.setPort(wanted); });
}

void Session::setDelivery(const wire::SetDelivery& wanted)
{
    m_impl->post([wanted](Engine& engine) { engine.setDelivery(wanted); });
}

void Session::setTaker(base::TargetId target, std::uint16_t port, Taker taker)
{
    m_impl->post([target, port, taker = std::move(taker)](Engine& engine) {
        engine.setTaker(target, port, taker);
    });
}

void Session::release(std::uint64_t held, Release release)
{
    m_impl->post(
        [held, release = std::move(release)](Engine& engine) { engine.release(held, release); });
}

void Session::answer(std::uint32_t prompt, std::optional<std::string> text)
{
    m_impl->post([prompt, text = std::move(text)](Engine& engine) mutable {
        engine.answer(prompt, std::move(text));
    });
}

} // namespace podglass::session
