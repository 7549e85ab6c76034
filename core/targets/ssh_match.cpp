// SPDX-License-Identifier: Apache-2.0
#include "core/targets/ssh_match.h"

#include "core/targets/pattern.h"

#include <algorithm>

namespace podglass::targets {

namespace {

// No pattern follows these.
bool standsAlone(const std::string& kind)
{
    return kind == "all" || kind == "final" || kind == "canonical";
}

bool isJudged(const std::string& kind)
{
    return standsAlone(kind) || kind == "host" || kind == "originalhost" || kind == "user"
           || kind == "localuser";
}

const std::string& subject(const std::string& kind, const MatchFacts& facts)
{
    if (kind == "host")
        return facts.host;
    if (kind == "originalhost")
        return facts.originalHost;
    return kind == "user" ? facts.user : facts.localUser;
}

} // namespace

SshMatch::SshMatch(const std::vector<std::string>& words)
{
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string word = words[i];
        Criterion criterion;
        criterion.negated = word.starts_with('!');
        if (criterion.negated)
            word.erase(0, 1);
        const std::size_t equals = word.find('=');
        criterion.kind = lowerCase(word.substr(0, equals));
        if (equals != std::string::npos)
            criterion.patterns = word.substr(equals + 1);
        else if (!standsAlone(criterion.kind) && i + 1 < words.size())
            criterion.patterns = words[++i];
        m_final = m_final || criterion.kind == "final";
        if (isJudged(criterion.kind))
            m_criteria.push_back(std::move(criterion));
        else
            m_unjudged += (m_unjudged.empty() ? "" : ", ") + criterion.kind;
    }
}

Judgement SshMatch::judge(const MatchFacts& facts) const
{
    const bool holds = std::ranges::all_of(m_criteria, [&](const Criterion& each) {
        bool fits = facts.finalPass; // final, canonical
        if (each.kind == "all")
            fits = true;
        else if (!standsAlone(each.kind))
            fits = matchesPatternList(each.patterns, subject(each.kind, facts), ',');
        return fits != each.negated;
    });
    if (!holds)
        return Judgement::No;
    return m_unjudged.empty() ? Judgement::Yes : Judgement::Unknown;
}

} // namespace podglass::targets
