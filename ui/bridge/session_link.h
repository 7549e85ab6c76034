// SPDX-License-Identifier: GPL-3.0-or-later
// SessionLink: a Link over a real session. Each session has a queue of its own: the one of a road
// that was left keeps nothing of the next from being heard, and says nothing any more.
//
// Ending a session takes up to 2 s (it gives back what is stolen and says goodbye); open() leaves
// that to a thread, so the window never waits. Only the destructor does, when all windows are gone.
// Thread: the window's.
#pragma once

#include "core/files/file_replay.h"

#include "ui/bridge/link.h"

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <thread>

namespace podglass::bridge {

struct Programs
{
    std::string agent;
    std::string sshHelper;
    std::string clientName;
};

class SessionLink : public Link
{
public:
    explicit SessionLink(Programs programs);
    ~SessionLink() override;

    // The queue of the session in use; there is one from the beginning.
    [[nodiscard]] session::Updates& updates() { return *m_updates; }

    // Called by open() with the queue to follow from then on, while the old one still lives.
    void onNewQueue(std::function<void(session::Updates&)> follow) { m_follow = std::move(follow); }

    void open(const session::Road& road) override;
    [[nodiscard]] base::Status checkFile(const std::string& path) override;
    void openFile(const std::string& path) override;
    void close() override;
    void listTargets() override;
    std::uint32_t attach(const std::string& spec) override;
    void detach(base::TargetId target) override;
    void listRules(base::TargetId target) override;
    void setPort(const wire::SetPort& wanted) override;
    void setTls(wire::SetTls wanted) override;
    void endOld(base::TargetId target, std::uint16_t port) override;
    void setDelivery(const wire::SetDelivery& wanted) override;
    void setTaker(base::TargetId target, std::uint16_t port, const session::Taker& taker) override;
    void release(std::uint64_t held, const session::Release& release) override;
    void answer(std::uint32_t prompt, std::optional<std::string> text) override;

private:
    struct Ending
    {
        std::unique_ptr<session::Updates> updates; // outlives the session
        std::unique_ptr<session::Session> session;
        std::atomic<bool> over = false;
        std::jthread thread;
    };

    void retire();

    Programs m_programs;
    std::unique_ptr<session::Updates> m_updates;
    std::unique_ptr<session::Session> m_session; // or
    std::unique_ptr<files::FileReplay> m_file;
    std::function<void(session::Updates&)> m_follow;
    std::list<Ending> m_endings; // as many as roads were left within 2 s
};

} // namespace podglass::bridge
