// SPDX-License-Identifier: Apache-2.0
#include "core/agent/host/container_tasks.h"

#include "core/telemetry/text_file.h"

#include <array>

namespace podglass::agent {

namespace {

using std::filesystem::directory_iterator;
using std::filesystem::path;

constexpr std::size_t directoriesLookedAt = 4'096;
constexpr const char* taskFolder = "io.containerd.runtime.v2.task";

// containerd's own, the one that dockerd starts, K3s'.
constexpr std::array<const char*, 3> stateFolders{
    "run/containerd", "run/docker/containerd/daemon", "run/k3s/containerd"};

bool isPlain(const std::string& id)
{
    return !id.empty() && id != "." && id != ".." && id.find('/') == std::string::npos;
}

} // namespace

std::map<std::uint32_t, std::string> containerdTasks(const path& root)
{
    std::map<std::uint32_t, std::string> tasks;
    std::size_t looked = 0;
    std::error_code error;
    for (const char* state : stateFolders) {
        for (const auto& space : directory_iterator(root / state / taskFolder, error)) {
            const path name = space.path().filename();
            if (name == "moby" || name == "k8s.io")
                continue;
            std::error_code ignored;
            for (const auto& task : directory_iterator(space.path(), ignored)) {
                if (++looked > directoriesLookedAt)
                    return tasks;
                const auto text = telemetry::readTextFile(task.path() / "init.pid", 16);
                const auto pid = text ? telemetry::asNumber(*text) : std::nullopt;
                if (pid && *pid != 0 && *pid <= INT32_MAX)
                    tasks.emplace(static_cast<std::uint32_t>(*pid), task.path().filename());
            }
        }
    }
    return tasks;
}

std::optional<path> containerdBundle(const path& root, const std::string& id)
{
    if (!isPlain(id))
        return std::nullopt;
    std::error_code error;
    for (const char* state : stateFolders) {
        for (const auto& space : directory_iterator(root / state / taskFolder, error)) {
            const path bundle = space.path() / id;
            if (std::filesystem::is_directory(bundle, error))
                return bundle;
        }
    }
    return std::nullopt;
}

} // namespace podglass::agent
