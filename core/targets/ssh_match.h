// SPDX-License-Identifier: Apache-2.0
// The conditions of one Match line of ssh_config(5). Judged here: all, host, originalhost, user,
// localuser, final, canonical. Everything else (exec, localnetwork, tagged, ...) only ssh itself
// can judge: where the rest of the line holds, the answer is Unknown. Pure. Thread: values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace podglass::targets {

enum class Judgement : std::uint8_t
{
    No,
    Yes,
    Unknown, // it depends on what only ssh can judge
};

// What a line is judged by, as far as the lines before it have decided it.
struct MatchFacts
{
    std::string host;         // HostName, tokens expanded; else what was typed
    std::string originalHost; // what was typed
    std::string user;         // of the account there; never empty
    std::string localUser;
    bool finalPass = false;
};

class SshMatch
{
public:
    // The words behind "Match".
    explicit SshMatch(const std::vector<std::string>& words);

    [[nodiscard]] Judgement judge(const MatchFacts& facts) const;

    // It asks for another pass over the files, with the names found by then.
    [[nodiscard]] bool wantsFinalPass() const { return m_final; }

    // "exec", "localnetwork"; what is not judged here.
    [[nodiscard]] const std::string& unjudged() const { return m_unjudged; }

private:
    struct Criterion
    {
        std::string kind; // lower case
        std::string patterns;
        bool negated = false;
    };

    std::vector<Criterion> m_criteria;
    std::string m_unjudged;
    bool m_final = false;
};

} // namespace podglass::targets
