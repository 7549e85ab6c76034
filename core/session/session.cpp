// SPDX-License-Identifier: Apache-2.0
#include "core/session/session.h"

#include "core/session/engine.h"
#include "core/session/kubernetes_engine.h"

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

std::unique_ptr<Worker> makeWorker(io::Loop& loop, const Options& options, Updates& updates)
{
    if (options.road.kind == RoadKind::Kubernetes)
        return std::make_unique<KubernetesEngine>(loop, options, updates);
    return std::make_unique<Engine>(
        loop,
        options,
        updates,
        [&loop, memory = std::make_shared<RoadMemory>()](const Options& now, CarrierEvents events) {
            return makeCarrier(loop, now, *memory, std::move(events));
        });
}

} // namespace

class Session::Impl
{
public:
    Impl(const Options& options, Updates& updates)
        : m_worker(makeWorker(m_loop, options, updates))
        , m_thread([this] {
            blockBrokenPipeSignal();
            m_loop.run();
        })
    {}

    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    ~Impl()
    {
        m_loop.post([this] { m_worker->leave([this] { m_loop.stop(); }); });
        m_thread.join();
    }

    template <typename Act>
    void post(Act act)
    {
        m_loop.post([this, act = std::move(act)]() mutable { act(*m_worker); });
    }

    std::uint32_t nextRequest() { return ++m_lastRequest; }

private:
    io::Loop m_loop;
    std::unique_ptr<Worker> m_worker; // the thread's, once it runs
    std::atomic<std::uint32_t> m_lastRequest = 0;
    std::jthread m_thread;
};

Session::Session(Options options, Updates& updates)
    : m_impl(std::make_unique<Impl>(std::move(options), updates))
{}

Session::~Session() = default;

void Session::connect()
{
    m_impl->post([](Worker& worker) { worker.connect(); });
}

void Session::disconnect()
{
    m_impl->post([](Worker& worker) { worker.disconnect(); });
}

void Session::listTargets()
{
    m_impl->post(
        [request = m_impl->nextRequest()](Worker& worker) { worker.listTargets(request); });
}

std::uint32_t Session::attach(std::string spec)
{
    const std::uint32_t request = m_impl->nextRequest();
    m_impl->post(
        [request, spec = std::move(spec)](Worker& worker) { worker.attach(request, spec); });
    return request;
}

void Session::detach(base::TargetId target)
{
    m_impl->post([target](Worker& worker) { worker.detach(target); });
}

std::uint32_t Session::listRules(base::TargetId target)
{
    const std::uint32_t request = m_impl->nextRequest();
    m_impl->post([request, target](Worker& worker) { worker.listRules(request, target); });
    return request;
}

void Session::setPort(wire::SetPort wanted)
{
    m_impl->post([wanted = std::move(wanted)](Worker& worker) { worker.setPort(wanted); });
}

void Session::setTls(wire::SetTls wanted)
{
    // Shared: a copy of the task must not be a copy of the key.
    auto shared = std::make_shared<wire::SetTls>(std::move(wanted));
    m_impl->post([shared](Worker& worker) { worker.setTls(std::move(*shared)); });
}

std::uint32_t Session::endOld(base::TargetId target, std::uint16_t port)
{
    const std::uint32_t request = m_impl->nextRequest();
    m_impl->post([request, target, port](Worker& worker) { worker.endOld(request, target, port); });
    return request;
}

void Session::setDelivery(const wire::SetDelivery& wanted)
{
    m_impl->post([wanted](Worker& worker) { worker.setDelivery(wanted); });
}

void Session::setTaker(base::TargetId target, std::uint16_t port, Taker taker)
{
    m_impl->post([target, port, taker = std::move(taker)](Worker& worker) {
        worker.setTaker(target, port, taker);
    });
}

void Session::release(std::uint64_t held, Release release)
{
    m_impl->post(
        [held, release = std::move(release)](Worker& worker) { worker.release(held, release); });
}

void Session::answer(std::uint32_t prompt, std::optional<std::string> text)
{
    m_impl->post([prompt, text = std::move(text)](Worker& worker) mutable {
        worker.answer(prompt, std::move(text));
    });
}

} // namespace podglass::session
