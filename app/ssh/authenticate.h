// SPDX-License-Identifier: Apache-2.0
// Authentication: agent, key files, keyboard-interactive, password, in this order, each named with
// its result; again with what the server asks for after that, where one proof is not enough
// (AuthenticationMethods of sshd_config(5)). Before anything is tried, keys that this transport
// cannot use are named. Source: RFC 4252, RFC 4256.
#pragma once

#include "app/ssh/identities.h"
#include "app/ssh/ssh_session.h"

#include <optional>

namespace podglass::ssh {

class Authentication
{
public:
    // maySwitch: fail rather than ask for a password when ssh(1) has more keys than we can use.
    Authentication(SshSession& session,
                   const targets::SshHost& host,
                   bool maySwitch,
                   Control& control);

    // Opens the agent and the files; before the sandbox.
    void prepare();

    std::optional<Failure> run();

private:
    void nameUnusableKeys();
    void chooseKeys();
    void listMethods();
    void tryMethods();
    bool tryKeys();
    bool tryAgent();
    bool tryFile(const KeyFile& key);
    bool tryPassword();
    bool tryInteractive();

    [[nodiscard]] std::string who() const { return m_host.user + "@" + m_host.hostName; }

    bool attempt(const std::string& name, int result);
    [[nodiscard]] bool offers(std::string_view method) const;
    [[nodiscard]] bool over() const;
    [[nodiscard]] Failure failure() const;

    SshSession& m_session;
    const targets::SshHost& m_host;
    bool m_maySwitch;
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
    bool m_switching = false; // ssh(1) has more keys
};

} // namespace podglass::ssh
