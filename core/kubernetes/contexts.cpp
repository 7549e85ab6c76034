// SPDX-License-Identifier: Apache-2.0
#include "core/kubernetes/contexts.h"

#include "core/base/digest.h"
#include "core/kubernetes/json_fields.h"
#include "core/kubernetes/pod_json.h"

namespace podglass::kubernetes {

namespace {

using nlohmann::json;

constexpr std::size_t contextsKept = 10'000;

// The entry of that name in a list of {name, WHAT: {…}}.
const json& named(const json& list, const std::string& name, std::string_view what)
{
    static const json none;
    for (const json& each : list) {
        if (textAt(each, "name") == name)
            return at(each, what);
    }
    return none;
}

std::vector<std::string> loginCommand(const json& user)
{
    const json& exec = at(user, "exec");
    std::vector<std::string> words;
    if (const std::string command = textAt(exec, "command"); !command.empty())
        words.push_back(command);
    for (const json& word : at(exec, "args")) {
        if (word.is_string())
            words.push_back(word.get<std::string>());
    }
    // The older way: a provider that may run a command of its own.
    const json& provider = at(user, "auth-provider");
    if (const std::string command = textAt(at(provider, "config"), "cmd-path"); !command.empty())
        words.push_back(command);
    return words;
}

// What the plugin is told by its environment decides what it does as much as its arguments; of the
// values, which may be secret, only the hash goes further.
void readLogin(const json& user, Context& context)
{
    context.login = loginCommand(user);
    if (context.login.empty())
        return;
    json all = context.login;
    for (const json& each : at(at(user, "exec"), "env")) {
        context.loginVariables.push_back(textAt(each, "name"));
        all.push_back(textAt(each, "name") + "=" + textAt(each, "value"));
    }
    all.push_back(textAt(at(at(user, "auth-provider"), "config"), "cmd-args"));
    const std::string text = all.dump(-1, ' ', false, json::error_handler_t::replace);
    base::Sha256 sum;
    sum.update(std::vector<std::uint8_t>(text.begin(), text.end()));
    context.loginHash = base::hex(sum.finish());
}

} // namespace

base::Result<std::vector<Context>> contextsFrom(std::string_view configView)
{
    const json document = parseLean(configView);
    if (!document.is_object())
        return base::Error{.what = "kubectl's answer is no configuration",
                           .where = "read the kubeconfig",
                           .advice = "try: kubectl config view -o json"};
    const std::string current = textAt(document, "current-context");
    std::vector<Context> contexts;
    for (const json& each : at(document, "contexts")) {
        const json& inner = at(each, "context");
        Context context;
        context.name = textAt(each, "name");
        if (context.name.empty() || contexts.size() >= contextsKept)
            continue;
        context.cluster = textAt(inner, "cluster");
        context.user = textAt(inner, "user");
        context.nameSpace = textAt(inner, "namespace");
        if (context.nameSpace.empty())
            context.nameSpace = "default";
        const json& cluster = named(at(document, "clusters"), context.cluster, "cluster");
        context.server = textAt(cluster, "server");
        context.insecureSkipTlsVerify = trueAt(cluster, "insecure-skip-tls-verify");
        readLogin(named(at(document, "users"), context.user, "user"), context);
        context.current = context.name == current;
        contexts.push_back(std::move(context));
    }
    return contexts;
}

std::unique_ptr<KubectlRun> readContexts(io::Loop& loop, const Access& access, ContextsDone done)
{
    KubectlSetup setup;
    setup.access.kubectl = access.kubectl;
    setup.access.through = access.through;
    setup.access.kubeconfig =
        access.kubeconfig; // no context: one that is missing would be said twice
    setup.arguments = {"config", "view", "-o", "json"};
    setup.doing = "read the kubeconfig";
    return std::make_unique<KubectlRun>(
        loop,
        std::move(setup),
        [done = std::move(done)](const std::string& answer, std::optional<KubectlError> error) {
            if (error)
                done(error->error);
            else
                done(contextsFrom(answer));
        });
}

} // namespace podglass::kubernetes
