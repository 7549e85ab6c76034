// SPDX-License-Identifier: Apache-2.0
// Authentication: agent, key files, password, keyboard-interactive, in this order, each named with
// its result. Before anything is tried, keys that this transport cannot use are named.
#pragma once

#include "app/ssh/identities.h"
#include "app/ssh/ssh_session.h"

#include <optional>

namespace podglass::ssh {

class Authentication
{
public:
    Authentication(SshSession& session, const targets::SshHost& host, Control& control);

    // Opens the agent and the files; before the sandbox.
    void prepare();

    std::optional<Failure> run();

private:
    void nameUnusableKeys();
    bool tryAgent();
    bool tryFile(const KeyFile& key);
    bool tryPassword();
    bool tryInteractive();
    bool attempt(const std::string& name, int result);
    [[nodiscard]] bool offers(std::string_view method) const;
    [[nodiscard]] bool over() const;
    [[nodiscard]] Failure failure() const;

    SshSession& m_session;
    const targets::SshHost& m_host;
    Control& m_control;
    AgentKeys m_agent;
    std::vector<AgentKeys::Key> m_agentKeys;
    std::vector<KeyFile> m_files;
    std::string m_methods; // offered by the server
    std::vector<std::string> m_tried;
    std::vector<std::string> m_unusable;
    bool m_done = false;
    bool m_lost = false; // the server ended the connection
    bool m_cancelled = false;
};

} // namespace podglass::ssh
