// SPDX-License-Identifier: Apache-2.0
// Worker: what works for a session on its thread: an Engine for one agent, a KubernetesEngine for
// all agents of a workload. The functions mean what those of Session mean. Thread: the loop's.
#pragma once

#include "core/session/session.h"

#include <functional>

namespace podglass::session {

class Worker
{
public:
    Worker() = default;
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    virtual ~Worker() = default;

    virtual void connect() = 0;
    virtual void disconnect() = 0;
    virtual void listTargets(std::uint32_t request) = 0;
    virtual void attach(std::uint32_t request, std::string spec) = 0;
    virtual void detach(base::TargetId target) = 0;
    virtual void listRules(std::uint32_t request, base::TargetId target) = 0;
    virtual void setPort(wire::SetPort wanted) = 0;
    virtual void setTls(wire::SetTls wanted) = 0;
    virtual void endOld(std::uint32_t request, base::TargetId target, std::uint16_t port) = 0;
    virtual void setDelivery(wire::SetDelivery wanted) = 0;
    virtual void setTaker(base::TargetId target, std::uint16_t port, Taker taker) = 0;
    virtual void release(std::uint64_t held, const Release& release) = 0;
    virtual void answer(std::uint32_t prompt, std::optional<std::string> text) = 0;
    // Says goodbye; `done` follows when the words are out or after a moment.
    virtual void leave(std::function<void()> done) = 0;
};

} // namespace podglass::session
