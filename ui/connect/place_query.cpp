// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/place_query.h"

#include "ui/connect/fuzzy.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace podglass::connect {

namespace {

struct Alias
{
    std::string_view typed;
    std::string_view kind;
};

// As kubectl and people abbreviate; the kinds themselves need no line.
constexpr std::array<Alias, 19> aliases{{{"deployment", "deploy"},
                                         {"deployments", "deploy"},
                                         {"statefulset", "sts"},
                                         {"daemonset", "ds"},
                                         {"replicaset", "rs"},
                                         {"cronjob", "job"},
                                         {"jobs", "job"},
                                         {"po", "pod"},
                                         {"pods", "pod"},
                                         {"svc", "service"},
                                         {"unit", "service"},
                                         {"services", "service"},
                                         {"docker", "container"},
                                         {"containers", "container"},
                                         {"proc", "process"},
                                         {"pid", "process"},
                                         {"ctx", "context"},
                                         {"hosts", "host"},
                                         {"ssh", "host"}}};

constexpr std::array<std::string_view, 13> kinds{"deploy",
                                                 "sts",
                                                 "ds",
                                                 "rs",
                                                 "rc",
                                                 "job",
                                                 "pod",
                                                 "container",
                                                 "service",
                                                 "netns",
                                                 "process",
                                                 "host",
                                                 "context"};

std::optional<std::string_view> kindOf(std::string_view typed)
{
    for (const Alias& alias : aliases) {
        if (alias.typed == typed)
            return alias.kind;
    }
    const auto* const found = std::ranges::find(kinds, typed);
    return found == kinds.end() ? std::nullopt : std::optional(*found);
}

bool hasLabel(const std::string& labels, const std::string& wanted)
{
    for (std::size_t at = labels.find(wanted); at != std::string::npos;
         at = labels.find(wanted, at + 1)) {
        if (at == 0 || labels[at - 1] == '\n')
            return true;
    }
    return false;
}

bool hasPort(const Place& place, const std::string& digits)
{
    return std::ranges::any_of(place.ports, [&](const PlacePort& port) {
        return std::to_string(port.number).starts_with(digits);
    });
}

bool isDigits(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace

Searchable::Searchable(const Place& place)
    : name(lowered(place.name))
    , head(name + ' ' + lowered(place.nameSpace) + ' ' + lowered(place.kind))
    , tail(lowered(place.source + ' ' + place.status + ' ' + place.detail))
    , labels(lowered(place.labels))
{
    for (const PlacePort& port : place.ports)
        tail += ' ' + std::to_string(port.number) + ' ' + lowered(port.name);
    for (const std::string& container : place.containers)
        tail += ' ' + lowered(container);
}

PlaceQuery::PlaceQuery(std::string_view text)
{
    const std::string low = lowered(text);
    std::string_view rest = low;
    bool labelsNext = false;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        const std::string_view word = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (word.empty())
            continue;
        if (std::exchange(labelsNext, false))
            addLabels(word, false);
        else if (word == "-l" || word == "/-l")
            labelsNext = true;
        else
            addWord(word);
    }
}

void PlaceQuery::addLabels(std::string_view list, bool inverse)
{
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(','), list.size());
        if (end != 0)
            m_terms.push_back({Field::Label, inverse, std::string(list.substr(0, end))});
        list.remove_prefix(std::min(end + 1, list.size()));
    }
}

void PlaceQuery::addWord(std::string_view word)
{
    if (word.starts_with('/'))
        word.remove_prefix(1);
    const bool inverse = word.starts_with('!');
    if (inverse)
        word.remove_prefix(1);
    if (word.empty())
        return;
    if (word.front() == '@' || (word.front() == ':' && isDigits(word.substr(1)))) {
        const Field field = word.front() == '@' ? Field::Source : Field::Port;
        if (word.size() > 1)
            m_terms.push_back({field, inverse, std::string(word.substr(1))});
        return;
    }
    const std::size_t slash = word.find('/');
    if (slash != std::string_view::npos && word.substr(0, slash) == "ns" && !inverse) {
        if (slash + 1 < word.size())
            m_namespaces.emplace_back(word.substr(slash + 1));
        return;
    }
    if (const auto kind =
            slash == std::string_view::npos ? std::nullopt : kindOf(word.substr(0, slash))) {
        m_terms.push_back({Field::Kind, inverse, std::string(*kind)});
        word.remove_prefix(slash + 1);
        if (inverse || word.empty())
            return;
    }
    if (word.find('=') != std::string_view::npos)
        addLabels(word, inverse);
    else
        m_terms.push_back({Field::Any, inverse, std::string(word)});
}

int PlaceQuery::score(const Term& term, const Place& place, const Searchable& texts)
{
    constexpr int nameWeight = 3; // a hit in the name counts for more than the same anywhere
    switch (term.field) {
    case Field::Label:
        return hasLabel(texts.labels, term.text) ? 1 : 0;
    case Field::Kind:
        return place.kind == term.text ? 1 : 0;
    case Field::Source:
        return place.source.empty() ? 0 : fuzzyScore(term.text, lowered(place.source));
    case Field::Port:
        return hasPort(place, term.text) ? 1 : 0;
    case Field::Any:
        break;
    }
    const bool inTail = texts.tail.find(term.text) != std::string::npos;
    if (term.inverse) // letters in order would throw out nearly everything
        return inTail || texts.head.find(term.text) != std::string::npos ? 1 : 0;
    if (const int name = fuzzyScore(term.text, texts.name); name > 0)
        return nameWeight * name;
    if (const int head = fuzzyScore(term.text, texts.head); head > 0)
        return head;
    return inTail || texts.labels.find(term.text) != std::string::npos ? 1 : 0;
}

int PlaceQuery::score(const Place& place, const Searchable& texts) const
{
    const auto isIn = [&](const std::string& name) { return place.nameSpace.starts_with(name); };
    if (!m_namespaces.empty() && std::ranges::none_of(m_namespaces, isIn))
        return 0;
    int total = 1;
    for (const Term& term : m_terms) {
        const int found = score(term, place, texts);
        if ((found > 0) == term.inverse)
            return 0;
        total += found;
    }
    return total;
}

} // namespace podglass::connect
