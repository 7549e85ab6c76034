// SPDX-License-Identifier: Apache-2.0
#include "core/kubernetes/cluster_thread.h"

#include "core/base/limits.h"
#include "core/kubernetes/contexts.h"

#include <atomic>
#include <csignal>
#include <deque>
#include <thread>

#include <sys/epoll.h>

namespace podglass::kubernetes {

namespace {

constexpr std::size_t contextReads = 8; // under way or waiting; older ones are answered by newer

std::size_t costOf(const ClusterNews& news)
{
    const auto* change = std::get_if<ClusterChange>(&news);
    return change == nullptr ? 1 : 1 + change->delta.pods.size() + change->delta.workloads.size();
}

} // namespace

class ClusterThread::Impl
{
public:
    Impl()
        : m_thread([this] {
            // kubectl ending while we write to it is an error of the write.
            sigset_t signals;
            sigemptyset(&signals);
            sigaddset(&signals, SIGPIPE);
            ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
            m_loop.watch(m_news.spaceFd().get(), EPOLLIN, [this](auto) {
                io::silence(m_news.spaceFd());
                deliver();
            });
            m_loop.run();
            m_loop.unwatch(m_news.spaceFd().get());
            m_cluster.reset();
            m_reads.clear();
        })
    {}

    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    ~Impl()
    {
        m_loop.post([this] { m_loop.stop(); });
        m_thread.join();
    }

    void readContexts(Access access, std::string bastion)
    {
        m_loop.post([this, access = std::move(access), bastion = std::move(bastion)] {
            m_reads.push_back(
                kubernetes::readContexts(m_loop, access, [this, bastion](const auto& contexts) {
                    say(ContextList{contexts, bastion});
                }));
            if (m_reads.size() > contextReads) // each ends within kubectlPatience
                m_reads.pop_front();
        });
    }

    std::uint64_t follow(Access access, std::vector<std::string> scope)
    {
        const std::uint64_t generation = ++m_generation;
        m_loop.post([this, generation, access = std::move(access), scope = std::move(scope)] {
            m_cluster.reset();
            std::erase_if(m_waiting, [](const auto& news) {
                return std::holds_alternative<ClusterChange>(news);
            });
            m_cluster.emplace(m_loop, access, scope, [this, generation](Delta delta) {
                say(ClusterChange{generation, std::move(delta)});
            });
        });
        return generation;
    }

    void stop()
    {
        m_loop.post([this] { m_cluster.reset(); });
    }

    channel::Channel<ClusterNews> m_news{limits::clusterQueue};

private:
    // What does not fit waits here: at most one change, since the cluster is then held, and a few
    // lists of contexts.
    void say(ClusterNews news)
    {
        m_waiting.push_back(std::move(news));
        if (m_waiting.size() > contextReads)
            std::erase_if(m_waiting, [this](const auto& each) {
                return std::holds_alternative<ContextList>(each) && &each != &m_waiting.back();
            });
        deliver();
    }

    void deliver()
    {
        while (!m_waiting.empty() && m_news.push(m_waiting.front(), costOf(m_waiting.front())))
            m_waiting.pop_front();
        if (m_cluster)
            m_cluster->hold(!m_waiting.empty());
    }

    io::Loop m_loop;
    std::deque<ClusterNews> m_waiting;
    std::optional<Cluster> m_cluster;
    std::deque<std::unique_ptr<KubectlRun>> m_reads;
    std::atomic<std::uint64_t> m_generation = 0;
    std::jthread m_thread;
};

ClusterThread::ClusterThread()
    : m_impl(std::make_unique<Impl>())
{}

ClusterThread::~ClusterThread() = default;

void ClusterThread::readContexts(Access access, std::string bastion)
{
    m_impl->readContexts(std::move(access), std::move(bastion));
}

std::uint64_t ClusterThread::follow(Access access, std::vector<std::string> scope)
{
    return m_impl->follow(std::move(access), std::move(scope));
}

void ClusterThread::stop()
{
    m_impl->stop();
}

channel::Channel<ClusterNews>& ClusterThread::news()
{
    return m_impl->m_news;
}

} // namespace podglass::kubernetes
