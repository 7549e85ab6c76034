// SPDX-License-Identifier: Apache-2.0
// PodFollower: list, then watch, of the pods of one namespace or of all, into a Picture. The
// protocol is the API server's own (list by pages, watch from the list's resource version, again
// from there when a watch ends, list anew on 410), spoken by `kubectl get --raw`, which streams.
//
// Contract: `news` comes from the loop, at most once for each read; the follower may be destroyed
// inside it. Thread: the loop's.
// Source: Kubernetes API concepts, "Retrieving large results sets in chunks", "Efficient detection
// of changes", "410 Gone responses".
#pragma once

#include "core/kubernetes/kubectl.h"
#include "core/kubernetes/line_splitter.h"
#include "core/kubernetes/picture.h"
#include "core/kubernetes/pod_json.h"

#include <functional>
#include <memory>
#include <set>
#include <string>

namespace podglass::kubernetes {

class PodFollower
{
public:
    using News = std::function<void()>; // the picture, the state or the error changed

    // Empty namespace: all of them.
    PodFollower(io::Loop& loop, Access access, std::string nameSpace, Picture& picture, News news);
    PodFollower(const PodFollower&) = delete;
    PodFollower& operator=(const PodFollower&) = delete;
    ~PodFollower();

    [[nodiscard]] const std::string& nameSpace() const { return m_nameSpace; }

    [[nodiscard]] Following state() const { return m_state; }

    // With Waiting and Stopped.
    [[nodiscard]] const KubectlError& error() const { return m_error; }

private:
    [[nodiscard]] std::string path() const;
    void list();
    void onPage(const std::string& text);
    void listed();
    void watch();
    void onLine(std::string_view line);
    void apply(PodOrAgent item);
    void watchEnded();
    void failed(KubectlError error);
    void schedule(base::Duration wait, void (PodFollower::*next)());
    void run(const std::string& query, const std::string& doing, bool whole);

    io::Loop& m_loop;
    Access m_access;
    std::string m_nameSpace;
    Picture& m_picture;
    News m_news;
    Following m_state = Following::Listing;
    KubectlError m_error;
    std::unique_ptr<KubectlRun> m_run;
    LineSplitter m_lines;
    std::string m_version; // of the last thing heard
    std::string m_more;
    std::set<std::string> m_unseen; // known before this list, not in it so far
    bool m_relist = false;
    unsigned m_failures = 0;
    unsigned m_emptyWatches = 0;
    io::Loop::TimerId m_timer;
};

} // namespace podglass::kubernetes
