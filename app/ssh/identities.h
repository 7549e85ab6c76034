// SPDX-License-Identifier: Apache-2.0
// The user's keys: files read once, before the sandbox closes; the ssh-agent's socket connected.
// No key leaves this process, and agent forwarding is never asked for.
#pragma once

#include "core/targets/ssh_config.h"

#include "app/ssh/ssh_session.h"

#include <string>
#include <vector>

namespace podglass::ssh {

struct KeyFile
{
    std::string path;
    std::string type; // "ssh-ed25519"; empty: not said before it is opened
    std::string blob; // the public key as on the wire; empty: not known before it is opened
    bool encrypted = false;
    Secret text; // empty: only the public part is here, the agent may have the other
};

// Those of the configuration, or the usual ones that exist; with what their .pub files say.
std::vector<KeyFile> loadKeyFiles(const targets::SshHost& host, Control& control);

// Reads type and encryption from the text of a private key (PEM or openssh-key-v1).
void describeKey(KeyFile& key);

class AgentKeys
{
public:
    explicit AgentKeys(SshSession& session);
    AgentKeys(const AgentKeys&) = delete;
    AgentKeys& operator=(const AgentKeys&) = delete;
    ~AgentKeys();

    // Connects and lists. `where`: as IdentityAgent in ssh_config(5); empty: $SSH_AUTH_SOCK.
    // An error: an agent was named and does not answer.
    base::Status open(const std::string& where);

    struct Key
    {
        libssh2_agent_publickey* raw = nullptr;
        std::string type;
        std::string comment;
        std::string blob;
    };

    [[nodiscard]] std::vector<Key> list() const;

    [[nodiscard]] LIBSSH2_AGENT* raw() const { return m_agent; }

private:
    LIBSSH2_AGENT* m_agent;
    std::string m_socket; // libssh2 keeps only a pointer to it
    bool m_connected = false;
};

// Types that libssh2 1.10 cannot use for users: RSA (no rsa-sha2) and hardware keys.
bool isUsableUserKey(const std::string& type);

} // namespace podglass::ssh
