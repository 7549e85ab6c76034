// SPDX-License-Identifier: Apache-2.0
// The part of ssh_config(5) that the built-in transport obeys, and the list of hosts that the
// connect page offers. What it does not obey and what would change the connection is named, so
// that the user can take the system's ssh instead.
// Contract: first value wins, as in OpenSSH. Pure except for Include and loadSshConfig, which read
// files. Thread: values.
#pragma once

#include "core/base/result.h"
#include "core/targets/ssh_match.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace podglass::targets {

// What holds for one alias.
struct SshHost
{
    std::string alias;
    std::string hostName; // the alias if the files say nothing
    std::string user;     // empty: the user's own name
    std::uint16_t port = 22;
    std::vector<std::string> identityFiles; // ~ and tokens expanded; empty: the usual ones
    bool identitiesOnly = false;
    std::vector<std::string> knownHostsFiles; // empty: the usual ones
    std::string strictHostKeyChecking;        // "yes", "no", "accept-new", "ask"; empty: ask
    std::string hostKeyAlias;
    std::string identityAgent;        // path, "none", "SSH_AUTH_SOCK", "$NAME"; empty: usual
    std::string jump;                 // ProxyJump as written; ssh_route.h reads it
    std::string proxyCommand;         // needs the system's ssh
    std::vector<std::string> ignored; // "bindaddress (~/.ssh/config:12)"
    // Match lines that would set something here if what only ssh can judge holds:
    // "exec (~/.ssh/config:12)". While there are any, the rest is not what ssh would do.
    std::vector<std::string> unjudged;
};

class SshConfig
{
public:
    // `folder`: where relative Include paths are looked up (~/.ssh).
    void add(std::string_view text, const std::string& file, const std::string& folder);

    // `user`: what was typed before the '@'; it counts before what the files say.
    [[nodiscard]] SshHost lookup(std::string_view alias, std::string_view user = {}) const;

    // Names without wildcards from Host lines, in order, each once.
    [[nodiscard]] std::vector<std::string> hosts() const;

private:
    // A Host or Match line; an Include inside it makes its blocks its children.
    struct Condition
    {
        std::shared_ptr<const Condition> parent;
        std::vector<std::string> patterns; // of Host
        std::optional<SshMatch> match;     // else
        std::string place;                 // "file:line"
    };

    // One pass over all lines; conditions are judged once in it, at their first line.
    struct Pass
    {
        SshHost& host;
        MatchFacts facts;
        bool portGiven = false;
        bool finalWanted = false;
        std::map<const Condition*, Judgement> judged;
    };

    struct Entry
    {
        std::shared_ptr<const Condition> condition;
        std::string keyword; // lower case
        std::vector<std::string> values;
        std::string place; // "file:line"
    };

    void addText(std::string_view text,
                 const std::string& file,
                 const std::string& folder,
                 std::shared_ptr<const Condition> outer,
                 std::size_t depth);
    void include(const std::vector<std::string>& patterns,
                 const std::string& folder,
                 const std::shared_ptr<const Condition>& outer,
                 std::size_t depth);
    void run(Pass& pass) const;
    [[nodiscard]] static Judgement judge(const Condition* condition, Pass& pass);
    static void apply(const Entry& entry, SshHost& host, bool& portGiven);

    std::vector<Entry> m_entries;
    std::vector<std::string> m_hosts;
};

// `file`, or if empty ~/.ssh/config and then /etc/ssh/ssh_config.
base::Result<SshConfig> loadSshConfig(const std::string& file);

} // namespace podglass::targets
