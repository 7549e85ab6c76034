// SPDX-License-Identifier: Apache-2.0
#include "core/targets/ssh_config.h"

#include "core/base/limits.h"
#include "core/targets/pattern.h"
#include "core/targets/small_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <glob.h>
#include <pwd.h>

#include <unistd.h>

namespace podglass::targets {

namespace {

// Words of a line: blanks or one '=' between, "quotes" around; '#' begins a comment line only.
std::vector<std::string> wordsOf(std::string_view line)
{
    constexpr std::string_view blanks = " \t\r\f";
    std::vector<std::string> words;
    std::size_t i = 0;
    while (true) {
        i = line.find_first_not_of(words.size() == 1 ? " \t\r\f=" : blanks, i);
        if (i == std::string_view::npos || (words.empty() && line[i] == '#'))
            return words;
        std::size_t end = 0;
        if (line[i] == '"') {
            end = std::min(line.find('"', i + 1), line.size());
            words.emplace_back(line.substr(i + 1, end - i - 1));
            i = std::min(end + 1, line.size());
        } else {
            end = std::min(line.find_first_of(words.empty() ? " \t\r\f=" : blanks, i), line.size());
            words.emplace_back(line.substr(i, end - i));
            i = end;
        }
    }
}

std::string expandTokens(std::string text, const SshHost& host)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        switch (text[++i]) {
        case '%':
            out += '%';
            break;
        case 'd':
            out += homeDirectory();
            break;
        case 'h':
            out += host.hostName;
            break;
        case 'n':
            out += host.alias;
            break;
        case 'p':
            out += std::to_string(host.port);
            break;
        case 'r':
            out += host.user;
            break;
        default:
            out += '%';
            out += text[i];
        }
    }
    return out;
}

bool isWildcard(const std::string& pattern)
{
    return pattern.find_first_of("*?!") != std::string::npos;
}

// What would change the connection and is not obeyed.
constexpr std::array<std::string_view, 7> notUsed{"certificatefile",
                                                  "pkcs11provider",
                                                  "hostkeyalgorithms",
                                                  "bindaddress",
                                                  "bindinterface",
                                                  "addressfamily",
                                                  "canonicalizehostname"};
constexpr std::array<std::string_view, 11> obeyed{"hostname",
                                                  "user",
                                                  "port",
                                                  "identityfile",
                                                  "identitiesonly",
                                                  "userknownhostsfile",
                                                  "stricthostkeychecking",
                                                  "hostkeyalias",
                                                  "proxyjump",
                                                  "proxycommand",
                                                  "identityagent"};

// Whether a line with this keyword makes a difference to where and how we connect.
bool isObeyed(std::string_view keyword)
{
    return std::ranges::find(obeyed, keyword) != obeyed.end()
           || std::ranges::find(notUsed, keyword) != notUsed.end();
}

// Of the account that we run as, as ssh asks for it; not $USER.
std::string ownName()
{
    std::array<char, 4'096> room{};
    passwd entry{};
    passwd* found = nullptr;
    ::getpwuid_r(::getuid(), &entry, room.data(), room.size(), &found);
    return found != nullptr ? entry.pw_name : std::string();
}

} // namespace

void SshConfig::add(std::string_view text, const std::string& file, const std::string& folder)
{
    addText(text, file, folder, nullptr, 0);
}

void SshConfig::addText(std::string_view text,
                        const std::string& file,
                        const std::string& folder,
                        std::shared_ptr<const Condition> outer,
                        std::size_t depth)
{
    std::shared_ptr<const Condition> current = outer;
    for (std::uint32_t number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::vector<std::string> words = wordsOf(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (words.size() < 2)
            continue;
        Entry entry;
        entry.keyword = lowerCase(words.front());
        entry.values.assign(words.begin() + 1, words.end());
        entry.place = file + ":" + std::to_string(number);
        if (entry.keyword == "host") {
            auto condition = std::make_shared<Condition>();
            condition->parent = outer;
            condition->patterns = entry.values;
            current = std::move(condition);
            for (const std::string& name : entry.values) {
                if (!isWildcard(name) && std::ranges::find(m_hosts, name) == m_hosts.end())
                    m_hosts.push_back(name);
            }
        } else if (entry.keyword == "match") {
            auto condition = std::make_shared<Condition>();
            condition->parent = outer;
            condition->match.emplace(entry.values);
            condition->place = entry.place;
            current = std::move(condition);
        } else if (entry.keyword == "include") {
            include(entry.values, folder, current, depth + 1);
        } else {
            entry.condition = current;
            m_entries.push_back(std::move(entry));
        }
    }
}

void SshConfig::include(const std::vector<std::string>& patterns,
                        const std::string& folder,
                        const std::shared_ptr<const Condition>& outer,
                        std::size_t depth)
{
    if (depth > limits::configIncludeDepth)
        return;
    for (const std::string& pattern : patterns) {
        std::string path = expandHome(pattern);
        if (!path.starts_with('/'))
            path = folder + "/" + path;
        glob_t found{};
        if (::glob(path.c_str(), 0, nullptr, &found) == 0) {
            for (std::size_t i = 0; i < found.gl_pathc; ++i) {
                if (auto text = readSmallFile(found.gl_pathv[i]))
                    addText(*text, found.gl_pathv[i], folder, outer, depth);
            }
        }
        ::globfree(&found);
    }
}

// All of its parents must hold too; one that does not makes what is unknown irrelevant.
Judgement SshConfig::judge(const Condition* condition, Pass& pass)
{
    if (condition == nullptr)
        return Judgement::Yes;
    if (const auto known = pass.judged.find(condition); known != pass.judged.end())
        return known->second;
    Judgement outcome = judge(condition->parent.get(), pass);
    if (condition->match) {
        const SshHost& host = pass.host;
        pass.facts.host = host.hostName.empty() ? host.alias : expandTokens(host.hostName, host);
        pass.facts.user = host.user.empty() ? pass.facts.localUser : host.user;
        pass.finalWanted = pass.finalWanted || condition->match->wantsFinalPass();
        const Judgement own = condition->match->judge(pass.facts);
        if (own == Judgement::No || outcome == Judgement::Yes)
            outcome = own;
    } else {
        std::string list;
        for (const std::string& pattern : condition->patterns)
            list += (list.empty() ? "" : " ") + pattern;
        // In the final pass names are what they turned out to be.
        const std::string name = pass.facts.finalPass ? pass.facts.host : pass.facts.originalHost;
        if (!matchesPatternList(list, name, ' '))
            outcome = Judgement::No;
    }
    pass.judged.emplace(condition, outcome);
    return outcome;
}

void SshConfig::run(Pass& pass) const
{
    for (const Entry& entry : m_entries) {
        const Judgement judged = judge(entry.condition.get(), pass);
        if (judged == Judgement::Yes)
            apply(entry, pass.host, pass.portGiven);
        if (judged != Judgement::Unknown || !isObeyed(entry.keyword))
            continue;
        const Condition* unknown = entry.condition.get();
        while (!unknown->match || unknown->match->unjudged().empty())
            unknown = unknown->parent.get();
        std::string what = unknown->match->unjudged() + " (" + unknown->place + ")";
        if (std::ranges::find(pass.host.unjudged, what) == pass.host.unjudged.end())
            pass.host.unjudged.push_back(std::move(what));
    }
}

void SshConfig::apply(const Entry& entry, SshHost& host, bool& portGiven)
{
    const std::string& keyword = entry.keyword;
    const std::string& value = entry.values.front();
    const auto first = [&](std::string& field) {
        if (field.empty())
            field = value;
    };
    if (keyword == "hostname") {
        first(host.hostName);
    } else if (keyword == "user") {
        first(host.user);
    } else if (keyword == "port") {
        std::uint16_t port = 0;
        const auto [end, failure] =
            std::from_chars(value.data(), value.data() + value.size(), port);
        if (!portGiven && failure == std::errc() && end == value.data() + value.size()) {
            host.port = port;
            portGiven = true;
        }
    } else if (keyword == "identityfile") {
        if (std::ranges::find(host.identityFiles, value) == host.identityFiles.end())
            host.identityFiles.push_back(value);
    } else if (keyword == "identitiesonly") {
        host.identitiesOnly = host.identitiesOnly || lowerCase(value) == "yes";
    } else if (keyword == "userknownhostsfile") {
        if (host.knownHostsFiles.empty())
            host.knownHostsFiles = entry.values;
    } else if (keyword == "stricthostkeychecking") {
        if (host.strictHostKeyChecking.empty())
            host.strictHostKeyChecking = lowerCase(value);
    } else if (keyword == "hostkeyalias") {
        first(host.hostKeyAlias);
    } else if (keyword == "proxyjump" || keyword == "proxycommand") {
        std::string all;
        for (const std::string& word : entry.values)
            all += (all.empty() ? "" : " ") + word;
        if (host.jump.empty() && host.proxyCommand.empty()) // the first of the two wins
            (keyword == "proxyjump" ? host.jump : host.proxyCommand) = all;
    } else if (keyword == "identityagent") {
        first(host.identityAgent);
    } else if (std::ranges::find(notUsed, keyword) != notUsed.end()) {
        std::string what = keyword + " (" + entry.place + ")";
        if (std::ranges::find(host.ignored, what) == host.ignored.end())
            host.ignored.push_back(std::move(what));
    }
}

SshHost SshConfig::lookup(std::string_view alias, std::string_view user) const
{
    SshHost host;
    host.alias = alias;
    host.user = user;
    Pass pass{.host = host, .facts = {}, .judged = {}};
    pass.facts.originalHost = host.alias;
    pass.facts.localUser = ownName();
    run(pass);
    if (pass.finalWanted) {
        pass.facts.host = host.hostName.empty() ? host.alias : expandTokens(host.hostName, host);
        pass.facts.finalPass = true;
        pass.judged.clear();
        run(pass);
    }
    const std::string named = std::exchange(host.hostName, host.alias);
    if (!named.empty())
        host.hostName = expandTokens(named, host);
    for (std::string* way : {&host.jump, &host.proxyCommand}) {
        if (lowerCase(*way) == "none")
            way->clear();
    }
    std::erase_if(host.identityFiles, [](const auto& file) { return lowerCase(file) == "none"; });
    for (std::string& file : host.identityFiles)
        file = expandHome(expandTokens(file, host));
    for (std::string& file : host.knownHostsFiles)
        file = expandHome(expandTokens(file, host));
    host.identityAgent = expandHome(expandTokens(host.identityAgent, host));
    return host;
}

std::vector<std::string> SshConfig::hosts() const
{
    return m_hosts;
}

base::Result<SshConfig> loadSshConfig(const std::string& file)
{
    SshConfig config;
    const std::string own = homeDirectory() + "/.ssh";
    const auto read = [&](const std::string& path, const std::string& folder) -> base::Status {
        auto text = readSmallFile(path);
        if (!text)
            return text.error();
        config.add(*text, path, folder);
        return base::Done{};
    };
    if (!file.empty()) {
        if (const auto done = read(expandHome(file), own); !done)
            return done.error();
        return config;
    }
    if (const auto done = read(own + "/config", own); !done)
        return done.error();
    if (const auto done = read("/etc/ssh/ssh_config", "/etc/ssh"); !done)
        return done.error();
    return config;
}

} // namespace podglass::targets
