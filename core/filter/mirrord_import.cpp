// SPDX-License-Identifier: Apache-2.0
#include "core/filter/mirrord_import.h"

#include "core/base/limits.h"
#include "core/filter/mirrord_pattern.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace podglass::filter {

namespace {

using Json = nlohmann::json;

class Importer
{
public:
    void readFilter(const Json& json)
    {
        for (const auto& [key, value] : json.items()) {
            if (key == "all_of")
                readList(value, key, GroupKind::All);
            else if (key == "any_of")
                readList(value, key, GroupKind::Any);
            else if (key == "ports")
                note(key, "ports are chosen at the mode switch, not in the filter", false);
            else if (key.ends_with("_filter"))
                readItem(key.substr(0, key.size() - 7), value, key, result.filter);
            else
                note(key, "unknown setting", true);
        }
        // "any_of" alone is the whole filter.
        auto& children = result.filter.children;
        if (children.size() == 1 && std::holds_alternative<Group>(children.front().item)) {
            Group only = std::get<Group>(std::move(children.front().item));
            result.filter = std::move(only);
        }
    }

    MirrordImport result;

private:
    void note(const std::string& item, std::string message, bool lost)
    {
        result.notes.push_back({item, std::move(message), lost});
    }

    void readList(const Json& list, const std::string& key, GroupKind kind)
    {
        if (!list.is_array() || list.empty()) {
            note(key, "expected a list with at least one entry", true);
            return;
        }
        Group group;
        group.kind = kind;
        std::size_t number = 0;
        for (const Json& entry : list) {
            const std::string place = key + " " + std::to_string(++number);
            if (!entry.is_object() || entry.empty()) {
                note(place, "expected an object like {\"header\": \"^x-user: me\"}", true);
                continue;
            }
            for (const auto& [name, value] : entry.items())
                readItem(name, value, place + ", " + name, group);
        }
        if (!group.children.empty())
            result.filter.children.push_back(Node{std::move(group)});
    }

    void readItem(const std::string& kind, const Json& value, const std::string& item, Group& into)
    {
        if (kind == "body" || kind == "header_jq" || kind == "jq") {
            note(item, "bodies and jq programs are not looked at", true);
            return;
        }
        if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
            note(item, "expected a text that is not empty", true);
            return;
        }
        const auto& text = value.get_ref<const std::string&>();
        std::vector<std::string> messages;
        std::optional<Node> node;
        if (kind == "header")
            node = fromHeaderPattern(text, messages);
        else if (kind == "path")
            node = fromPathPattern(text, messages);
        else if (kind == "method")
            node = Node{Rule{Field::Method, {}, Operator::Is, text}};
        else
            messages.emplace_back("unknown kind of filter");
        for (std::string& message : messages)
            note(item, std::move(message), !node);
        if (node)
            into.children.push_back(std::move(*node));
    }
};

base::Error refused(std::string what, std::string advice = {})
{
    return {std::move(what), "mirrord http_filter", std::move(advice), base::Lasting::Persistent};
}

} // namespace

base::Result<MirrordImport> importMirrord(std::string_view json)
{
    if (json.size() > limits::filterTextBytes)
        return refused("longer than " + std::to_string(limits::filterTextBytes) + " bytes");
    const Json parsed = Json::parse(json, nullptr, false, true);
    const Json* at = &parsed;
    if (!at->is_object())
        return refused("this is not a JSON object", "paste the http_filter part, with its braces");
    for (const char* key : {"feature", "network", "incoming", "http_filter"}) {
        if (const auto inner = at->find(key); inner != at->end() && inner->is_object())
            at = &*inner;
    }
    Importer importer;
    importer.readFilter(*at);
    if (importer.result.filter.children.empty()) {
        std::string what = "nothing in it can be used";
        if (!importer.result.notes.empty())
            what =
                importer.result.notes.front().item + ": " + importer.result.notes.front().message;
        return refused(std::move(what));
    }
    return std::move(importer.result);
}

} // namespace podglass::filter
