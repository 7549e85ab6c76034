// SPDX-License-Identifier: Apache-2.0
#include "core/session/road_command.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include <unistd.h>

namespace podglass::session {

namespace {

std::string destination(const Road& road)
{
    return road.user.empty() ? road.host : road.user + "@" + road.host;
}

std::vector<std::string> localCommand(const Options& options)
{
    if (options.road.sudo)
        return {"sh", "-c", localSudoScript(), "sh", options.agentPath};
    return {options.agentPath, "--stdio"};
}

std::vector<std::string>
builtInCommand(const Options& options, bool maySwitch, const AgentFile& agent)
{
    const Road& road = options.road;
    std::vector<std::string> words{options.sshHelperPath, "--control-fd", "3"};
    if (maySwitch)
        words.emplace_back("--may-switch");
    if (!road.configFile.empty())
        words.insert(words.end(), {"--config", road.configFile});
    if (!road.agent.empty())
        words.insert(words.end(), {"--forward", road.agent});
    const bool v6 = road.host.find(':') != std::string::npos;
    std::string where = v6 ? "[" + road.host + "]" : road.host;
    if (!road.user.empty())
        where.insert(0, road.user + "@");
    if (road.port != 0)
        where += ":" + std::to_string(road.port);
    words.push_back(where);
    if (road.agent.empty())
        words.insert(words.end(), {"--", deliveryCommand(agent, road.sudo)});
    return words;
}

// The user's own ssh, without any question, agent or forwarding.
std::vector<std::string> quietSsh()
{
    std::vector<std::string> words{"ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=15"};
    words.insert(words.end(), {"-o", "ForwardAgent=no", "-o", "ClearAllForwardings=yes"});
    words.insert(words.end(), {"-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3"});
    return words;
}

std::vector<std::string> systemCommand(const Options& options, const AgentFile& agent)
{
    const Road& road = options.road;
    std::vector<std::string> words = quietSsh();
    if (!road.configFile.empty())
        words.insert(words.end(), {"-F", road.configFile});
    if (road.port != 0)
        words.insert(words.end(), {"-p", std::to_string(road.port)});
    if (!road.agent.empty())
        words.insert(words.end(), {"-W", road.agent});
    words.insert(words.end(), {"--", destination(road)});
    if (road.agent.empty())
        words.push_back(deliveryCommand(agent, road.sudo));
    return words;
}

} // namespace

bool overSsh(const Road& road)
{
    return road.kind == RoadKind::Ssh || road.kind == RoadKind::SystemSsh;
}

std::string nameOf(const Road& road)
{
    if (road.kind == RoadKind::Local)
        return "this machine";
    if (road.kind == RoadKind::Unix)
        return road.host;
    return road.port == 0 ? destination(road) : destination(road) + ":" + std::to_string(road.port);
}

std::vector<std::string>
roadCommand(const Options& options, RoadKind kind, bool maySwitch, const AgentFile& agent)
{
    switch (kind) {
    case RoadKind::Ssh:
        return builtInCommand(options, maySwitch, agent);
    case RoadKind::SystemSsh:
        return systemCommand(options, agent);
    default:
        return localCommand(options);
    }
}

kubernetes::Access accessOf(const Road& road)
{
    kubernetes::Access access{
        .kubectl = "kubectl", .kubeconfig = road.configFile, .context = road.host};
    const ClusterRoad& cluster = road.cluster;
    if (cluster.bastion.empty())
        return access;
    access.through = quietSsh();
    if (!cluster.bastionConfig.empty())
        access.through.insert(access.through.end(), {"-F", cluster.bastionConfig});
    // ssh takes the port in a URL, and only there without an option before the name.
    access.through.insert(access.through.end(), {"--", "ssh://" + cluster.bastion});
    return access;
}

bool inPath(const std::string& program)
{
    const char* variable = std::getenv("PATH"); // NOLINT(concurrency-mt-unsafe): never changed here
    std::string_view folders = variable != nullptr ? variable : "";
    while (!folders.empty()) {
        const std::size_t end = std::min(folders.find(':'), folders.size());
        const std::string file = std::string(folders.substr(0, end)) + "/" + program;
        if (::access(file.c_str(), X_OK) == 0)
            return true;
        folders.remove_prefix(std::min(end + 1, folders.size()));
    }
    return false;
}

} // namespace podglass::session
