// SPDX-License-Identifier: Apache-2.0
#include "core/kubernetes/cluster.h"

#include "core/base/limits.h"
#include "core/kubernetes/contexts.h"
#include "core/kubernetes/pod_follower.h"

#include <algorithm>
#include <deque>

namespace podglass::kubernetes {

namespace {

constexpr std::size_t namespacesAtOnce = 4;

} // namespace

// Follows all namespaces with one follower; where that is forbidden, each by itself.
class Cluster::Impl
{
public:
    Impl(io::Loop& loop, Access access, std::vector<std::string> scope, Changed changed)
        : m_loop(loop)
        , m_access(std::move(access))
        , m_changed(std::move(changed))
    {
        if (scope.empty()) {
            add("");
        } else {
            m_waiting.assign(scope.begin(), scope.end());
            fill();
        }
    }

    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    ~Impl() { m_loop.cancel(m_timer); }

    void hold(bool on)
    {
        if (std::exchange(m_held, on) && !on)
            schedule();
    }

private:
    void add(const std::string& nameSpace)
    {
        m_followers.push_back(std::make_unique<PodFollower>(
            m_loop, m_access, nameSpace, m_picture, [this] { schedule(); }));
    }

    // One call for all that one round of the loop brought, and none from inside a follower.
    void schedule()
    {
        if (std::exchange(m_scheduled, true))
            return;
        m_timer = m_loop.after({}, [this] {
            m_scheduled = false;
            turn();
        });
    }

    void fill()
    {
        const auto busy = [&] {
            return static_cast<std::size_t>(std::ranges::count(
                m_followers, Following::Listing, [](const auto& each) { return each->state(); }));
        };
        while (!m_waiting.empty() && busy() < namespacesAtOnce
               && m_followers.size() < limits::watchedNamespaces) {
            const std::string next = m_waiting.front();
            m_waiting.pop_front();
            add(next);
        }
    }

    // Refused for all at once: ask which there are, else take the context's own.
    void narrow()
    {
        m_followers.clear();
        m_naming = true;
        m_run = std::make_unique<KubectlRun>(
            m_loop,
            KubectlSetup{.access = m_access,
                         .arguments = {"get", "--raw", "/api/v1/namespaces"},
                         .doing = "list the namespaces",
                         .input = {}},
            [this](const std::string& answer, std::optional<KubectlError> error) {
                const auto done = std::move(m_run);
                if (error && error->refusal)
                    m_refused.push_back(*error->refusal);
                std::vector<std::string> names =
                    error ? std::vector<std::string>() : namesFrom(answer);
                for (const std::string& name : names)
                    m_picture.addNamespace(name);
                readOwnNamespace(std::move(names));
            });
    }

    void readOwnNamespace(std::vector<std::string> names)
    {
        m_run =
            readContexts(m_loop, m_access, [this, names = std::move(names)](const auto& contexts) {
                const auto done = std::move(m_run);
                begin(names, ownNamespace(contexts));
            });
    }

    [[nodiscard]] std::string ownNamespace(const base::Result<std::vector<Context>>& contexts) const
    {
        if (!contexts)
            return "default";
        for (const Context& each : *contexts) {
            if (m_access.context.empty() ? each.current : each.name == m_access.context)
                return each.nameSpace;
        }
        return "default";
    }

    // The context's own namespace first: it is the likeliest to be allowed.
    void begin(std::vector<std::string> names, const std::string& own)
    {
        m_naming = false;
        std::erase(names, own);
        m_waiting.assign(names.begin(), names.end());
        m_waiting.push_front(own);
        fill();
        schedule();
    }

    // Stopped followers make room for the namespaces that wait.
    void turn()
    {
        KubectlError stopped;
        bool any = false;
        for (auto entry = m_followers.begin(); entry != m_followers.end();) {
            if ((*entry)->state() != Following::Stopped) {
                ++entry;
                continue;
            }
            any = true;
            stopped = (*entry)->error();
            const bool all = (*entry)->nameSpace().empty();
            if (stopped.refusal)
                m_refused.push_back(*stopped.refusal);
            if (all && stopped.refusal) {
                narrow();
                break;
            }
            entry = m_followers.erase(entry);
        }
        if (any)
            m_stopped = stopped.error;
        fill();
        if (m_held)
            ++m_merged;
        else
            tell();
    }

    void tell()
    {
        Delta delta = m_picture.take(limits::clusterChange);
        delta.merged = m_merged;
        delta.refused = std::exchange(m_refused, {});
        judge(delta);
        const bool news = !delta.pods.empty() || !delta.gone.empty() || !delta.workloads.empty()
                          || !delta.goneWorkloads.empty() || !delta.agents.empty()
                          || !delta.goneAgents.empty() || !delta.namespaces.empty()
                          || !delta.refused.empty() || delta.skipped != m_toldSkipped
                          || delta.following != m_told || delta.error.what != m_toldError;
        if (!news)
            return;
        m_told = delta.following;
        m_toldError = delta.error.what;
        m_toldSkipped = delta.skipped;
        if (m_picture.changed())
            schedule();
        const Changed changed = m_changed; // it may destroy us
        changed(std::move(delta));
    }

    void judge(Delta& delta) const
    {
        if (m_followers.empty() && !m_naming) {
            delta.following = Following::Stopped;
            delta.error = m_stopped;
            return;
        }
        delta.following = m_naming ? Following::Listing : Following::Live;
        for (const auto& each : m_followers) {
            if (each->state() == Following::Listing)
                delta.following = Following::Listing;
        }
        if (m_picture.changed()) // not everything is told yet
            delta.following = Following::Listing;
        for (const auto& each : m_followers) {
            if (each->state() == Following::Waiting) {
                delta.following = Following::Waiting;
                delta.error = each->error().error;
            }
        }
        if (!m_waiting.empty() && m_followers.size() >= limits::watchedNamespaces
            && delta.following == Following::Live)
            delta.error.what = std::to_string(m_waiting.size())
                               + " more namespaces are not watched: name the one you want";
    }

    io::Loop& m_loop;
    Access m_access;
    Changed m_changed;
    Picture m_picture;
    std::vector<std::unique_ptr<PodFollower>> m_followers;
    std::deque<std::string> m_waiting; // namespaces
    std::vector<Refusal> m_refused;
    std::unique_ptr<KubectlRun> m_run;
    base::Error m_stopped;
    bool m_naming = false;
    bool m_scheduled = false;
    bool m_held = false;
    std::uint64_t m_merged = 0;
    Following m_told = Following::Listing;
    std::string m_toldError;
    std::uint64_t m_toldSkipped = 0;
    io::Loop::TimerId m_timer;
};

Cluster::Cluster(io::Loop& loop, Access access, std::vector<std::string> scope, Changed changed)
    : m_impl(std::make_unique<Impl>(loop, std::move(access), std::move(scope), std::move(changed)))
{}

Cluster::~Cluster() = default;

void Cluster::hold(bool on)
{
    m_impl->hold(on);
}

} // namespace podglass::kubernetes
