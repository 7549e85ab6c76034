// SPDX-License-Identifier: Apache-2.0
#include "core/agent/host/podman_names.h"

#include "core/telemetry/text_file.h"

#include <nlohmann/json.hpp>
#include <vector>

namespace podglass::agent {

namespace {

using nlohmann::json;
using std::filesystem::path;

constexpr std::size_t indexBytes = std::size_t{4} << 20;
constexpr std::size_t homesLookedAt = 64;

std::vector<path> graphRoots(const path& root)
{
    std::vector<path> roots{root / "var/lib/containers/storage"};
    const path own = ".local/share/containers/storage";
    roots.push_back(root / "root" / own);
    std::error_code error;
    for (const auto& home : std::filesystem::directory_iterator(root / "home", error)) {
        if (roots.size() > homesLookedAt)
            break;
        roots.push_back(home.path() / own);
    }
    return roots;
}

std::string textAt(const json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool readEntry(const json& entry, const std::string& id, PodmanNames& names)
{
    if (!entry.is_object() || textAt(entry, "id") != id)
        return false;
    if (const auto list = entry.find("names");
        list != entry.end() && list->is_array() && !list->empty() && list->front().is_string())
        names.name = list->front().get<std::string>();
    // The engine's own notes: an object, written as text.
    const json notes = json::parse(textAt(entry, "metadata"), nullptr, false);
    if (notes.is_object()) {
        names.image = textAt(notes, "image-name");
        if (names.name.empty())
            names.name = textAt(notes, "name");
    }
    return true;
}

} // namespace

PodmanNames podmanNames(const path& root, const std::string& id)
{
    PodmanNames names;
    for (const path& graph : graphRoots(root)) {
        for (const char* driver : {"overlay-containers", "vfs-containers"}) {
            const auto text =
                telemetry::readTextFile(graph / driver / "containers.json", indexBytes);
            const json index = text ? json::parse(*text, nullptr, false) : json();
            if (!index.is_array())
                continue;
            for (const json& entry : index) {
                if (readEntry(entry, id, names))
                    return names;
            }
        }
    }
    return names;
}

} // namespace podglass::agent
