// SPDX-License-Identifier: Apache-2.0
// LiveClient: a Session on the terminal. It runs the session's queue on the calling thread, prints
// connection steps to stderr, answers prompts from the terminal and ends on SIGINT, SIGTERM or a
// time limit. Subclasses say what to do once connected. Thread: the caller's.
#pragma once

#include "core/session/session.h"

#include <optional>
#include <string>
#include <vector>

namespace podglass::ctl {

struct LiveOptions
{
    std::string address;
    std::vector<std::string> more; // further targets of the same host
    std::string agentPath;         // empty: podglass-agent beside this program
    std::string sshHelperPath;     // empty: podglass-ssh beside this program
    std::string sshConfig;
    std::string secretFile;
    bool trustKubeconfig = false;
    bool endsTls = false; // the agent must be able to: podglass-agent-tls
    bool sudo = false;
    double seconds = 0; // 0: until interrupted
    bool quiet = false; // no steps on stderr
};

// Those that were named, saying on stderr which of them nobody listens on; or all that listen.
std::vector<std::uint16_t> portsToFollow(const wire::Attached& attached,
                                         std::vector<std::uint16_t> named);

// Asks on stderr and reads one line from the terminal, without echo for secrets; none when there is
// no terminal.
std::optional<std::string> readAnswer(const std::string& question, bool secret);

class LiveClient
{
public:
    explicit LiveClient(LiveOptions options);
    LiveClient(const LiveClient&) = delete;
    LiveClient& operator=(const LiveClient&) = delete;
    virtual ~LiveClient();

    // Exit status: 0 ended by finish(), the time limit or a signal; 1 failed.
    int run();

protected:
    virtual void connected(const wire::Hello& agent) = 0;
    virtual void update(session::Update& update) = 0;

    void finish(int status);
    // Says why on stderr, escaped, and ends with status 1.
    void fail(const std::string& text);
    void fail(const wire::Failure& failure);
    // What the addresses name; fails if the first names nothing. Once: after a break the session
    // attaches again by itself.
    void attachToTargets();

    [[nodiscard]] session::Session& session() { return *m_session; }

    [[nodiscard]] const session::Address& address() const { return m_address; }

    [[nodiscard]] bool severalTargets() const { return m_targets.size() > 1; }

private:
    bool readAddresses();
    [[nodiscard]] int waitMilliseconds() const;
    void turn();
    void handle(session::Update& update);
    void ask(const session::Prompt& prompt);

    LiveOptions m_options;
    session::Address m_address;
    std::vector<std::string> m_targets; // all that are named, as specs
    session::Updates m_updates;
    std::optional<session::Session> m_session;
    base::Instant m_end{};
    std::optional<int> m_status;
    bool m_attachSent = false;
    bool m_reconnecting = false;  // and said so
    std::uint32_t m_passedOn = 0; // connections that the agent carries, a second ago at most
};

} // namespace podglass::ctl
