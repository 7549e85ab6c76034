// SPDX-License-Identifier: Apache-2.0
#include "core/kubernetes/pod_follower.h"

#include "core/base/hex.h"

#include <algorithm>

namespace podglass::kubernetes {

namespace {

// The first page is short, for something to be seen soon; then each costs a start of kubectl, far
// more than what it brings.
constexpr unsigned podsOfFirstPage = 250;
constexpr unsigned podsPerPage = 1'000;
// The server ends the watch then, and we go on: a road that died without a word is noticed.
constexpr unsigned watchSeconds = 290;
constexpr int versionTooOld = 410;

// Resource versions and continue tokens are opaque texts of the server.
std::string queryValue(std::string_view text)
{
    return base::percentEncoded(text, "-_.");
}

base::Duration waitAfter(unsigned failures)
{
    return std::chrono::seconds(std::min(1U << std::min(failures, 5U), 30U));
}

} // namespace

PodFollower::PodFollower(
    io::Loop& loop, Access access, std::string nameSpace, Picture& picture, News news)
    : m_loop(loop)
    , m_access(std::move(access))
    , m_nameSpace(std::move(nameSpace))
    , m_picture(picture)
    , m_news(std::move(news))
    , m_lines(limits::clusterObjectBytes)
{
    list();
}

PodFollower::~PodFollower()
{
    m_loop.cancel(m_timer);
}

std::string PodFollower::path() const
{
    return m_nameSpace.empty() ? "/api/v1/pods"
                               : "/api/v1/namespaces/" + queryValue(m_nameSpace) + "/pods";
}

void PodFollower::run(const std::string& query, const std::string& doing, bool whole)
{
    KubectlSetup setup;
    setup.access = m_access;
    setup.arguments = {"get", "--raw", path() + query};
    setup.doing =
        doing + (m_nameSpace.empty() ? " of all namespaces" : " of namespace " + m_nameSpace);
    setup.whole = whole;
    if (!whole)
        setup.patience = {};
    m_run = std::make_unique<KubectlRun>(
        m_loop,
        std::move(setup),
        [this, whole](const std::string& answer, std::optional<KubectlError> error) {
            const auto done = std::move(m_run); // until the end of this call
            if (error)
                failed(std::move(*error));
            else if (whole)
                onPage(answer);
            else
                watchEnded();
        },
        [this](std::string_view text) {
            const std::uint64_t before = m_lines.skipped();
            m_lines.feed(text, [this](std::string_view line) { onLine(line); });
            m_picture.skip(m_lines.skipped() - before);
            m_news();
        });
}

void PodFollower::list()
{
    if (m_more.empty())
        m_unseen = m_picture.uidsOf(m_nameSpace);
    const std::string query = m_more.empty() ? "?limit=" + std::to_string(podsOfFirstPage)
                                             : "?limit=" + std::to_string(podsPerPage)
                                                   + "&continue=" + queryValue(m_more);
    run(query, "list the pods", true);
}

void PodFollower::apply(PodOrAgent item)
{
    std::visit(
        [this](auto& each) {
            m_unseen.erase(each.uid);
            m_picture.put(std::move(each));
        },
        item);
}

void PodFollower::onPage(const std::string& text)
{
    auto page = podPageFrom(text);
    if (!page) {
        failed({Trouble::Other,
                {.what = "the answer is no list of pods",
                 .where = "list the pods (context " + m_access.context + ")",
                 .advice = "try the same in a terminal: kubectl get --raw " + path(),
                 .lasting = base::Lasting::Transient},
                {}});
        return;
    }
    m_failures = 0;
    for (PodOrAgent& item : page->items)
        apply(std::move(item));
    m_picture.skip(page->skipped);
    m_more = page->more;
    m_version = page->resourceVersion;
    if (!m_more.empty())
        list();
    else
        listed();
    m_news();
}

void PodFollower::listed()
{
    for (const std::string& uid : std::exchange(m_unseen, {}))
        m_picture.remove(uid);
    m_state = Following::Live;
    watch();
}

void PodFollower::watch()
{
    m_lines = LineSplitter(limits::clusterObjectBytes);
    m_relist = false;
    run("?watch=1&allowWatchBookmarks=true&timeoutSeconds=" + std::to_string(watchSeconds)
            + "&resourceVersion=" + queryValue(m_version),
        "watch the pods",
        false);
}

void PodFollower::onLine(std::string_view line)
{
    auto event = watchEventFrom(line);
    if (!event || m_relist) {
        m_picture.skip(event ? 0 : 1);
        return;
    }
    if (event->kind == WatchKind::Error) {
        m_relist = event->code == versionTooOld;
        return;
    }
    m_state = Following::Live;
    m_failures = 0;
    m_emptyWatches = 0;
    if (!event->resourceVersion.empty())
        m_version = event->resourceVersion;
    if (!event->pod)
        return;
    if (event->kind == WatchKind::Put)
        apply(std::move(*event->pod));
    else
        std::visit([this](const auto& each) { m_picture.remove(each.uid); }, *event->pod);
}

// The server ends a watch after a time; that is no failure, unless it does so again and again.
void PodFollower::watchEnded()
{
    if (m_relist) {
        m_more.clear();
        schedule({}, &PodFollower::list);
        return;
    }
    m_state = Following::Live;
    schedule(m_emptyWatches == 0 ? base::Duration{} : waitAfter(m_emptyWatches),
             &PodFollower::watch);
    ++m_emptyWatches;
}

void PodFollower::failed(KubectlError error)
{
    m_error = std::move(error);
    if (m_error.trouble == Trouble::Expired) {
        m_more.clear();
        schedule(waitAfter(m_failures++), &PodFollower::list);
        return;
    }
    if (m_error.error.lasting == base::Lasting::Persistent && m_error.trouble != Trouble::Other) {
        m_state = Following::Stopped;
    } else {
        m_state = Following::Waiting;
        const bool again = !m_version.empty() && m_more.empty();
        schedule(waitAfter(m_failures++), again ? &PodFollower::watch : &PodFollower::list);
    }
    m_news();
}

void PodFollower::schedule(base::Duration wait, void (PodFollower::*next)())
{
    m_timer = m_loop.after(wait, [this, next] { (this->*next)(); });
}

} // namespace podglass::kubernetes
