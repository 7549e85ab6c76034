// SPDX-License-Identifier: Apache-2.0
#include "core/kubernetes/words.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace podglass::kubernetes {

namespace {

constexpr std::size_t shownWords = 600;

bool has(std::string_view words, std::string_view part)
{
    return words.find(part) != std::string_view::npos;
}

// The quoted text behind `mark`; none if the mark is not there.
std::optional<std::string> quotedAfter(std::string_view words, std::string_view mark)
{
    const std::size_t at = words.find(mark);
    if (at == std::string_view::npos)
        return std::nullopt;
    const std::string_view rest = words.substr(at + mark.size());
    const std::size_t end = rest.find('"');
    if (end == std::string_view::npos)
        return std::nullopt;
    return std::string(rest.substr(0, end));
}

// The last line that says something; kubectl writes notes about versions before it.
std::string shown(std::string_view words)
{
    while (words.ends_with('\n'))
        words.remove_suffix(1);
    std::size_t begin = words.rfind('\n');
    // Where to read more is not what is wrong.
    if (begin != std::string_view::npos && words.substr(begin + 1).starts_with("See '")) {
        words = words.substr(0, begin);
        begin = words.rfind('\n');
    }
    std::string_view last = begin == std::string_view::npos ? words : words.substr(begin + 1);
    for (const std::string_view lead : {"Error from server (", "error: ", "Error: "}) {
        if (last.starts_with(lead) && lead != "Error from server (")
            last.remove_prefix(lead.size());
    }
    return std::string(last.substr(0, shownWords));
}

struct Sign
{
    std::string_view words;
    Trouble trouble;
    std::string_view advice;
    base::Lasting lasting;
};

constexpr auto transient = base::Lasting::Transient;
constexpr auto persistent = base::Lasting::Persistent;

// The first that fits decides; the more exact ones come first.
constexpr std::array<Sign, 31> signs{{
    // Of ssh, where kubectl runs on another host.
    {"Permission denied (",
     Trouble::Login,
     "can you log in there with ssh, without being asked?",
     persistent},
    {"Host key verification failed",
     Trouble::Setup,
     "log in there once with ssh, and look at its key",
     persistent},
    {"ssh: ", Trouble::Network, "is that host up, and its name right?", transient},
    {"kubectl: command not found",
     Trouble::Setup,
     "there is no kubectl in the PATH of that host",
     persistent},
    {"kubectl: not found",
     Trouble::Setup,
     "there is no kubectl in the PATH of that host",
     persistent},
    {"executable file not found",
     Trouble::Login,
     "the program that logs in to this cluster was not found in PATH",
     persistent},
    {"exec: executable",
     Trouble::Login,
     "the program that logs in to this cluster failed: run it in a terminal",
     persistent},
    {"getting credentials",
     Trouble::Login,
     "the program that logs in to this cluster failed: run it in a terminal",
     persistent},
    {"You must be logged in",
     Trouble::Login,
     "log in again: the credentials are old or wrong",
     persistent},
    {"(Unauthorized)",
     Trouble::Login,
     "log in again: the credentials are old or wrong",
     persistent},
    {"x509:",
     Trouble::Login,
     "the server's certificate is not trusted: check certificate-authority in the kubeconfig",
     persistent},
    {"certificate signed by unknown authority",
     Trouble::Login,
     "check certificate-authority in the kubeconfig",
     persistent},
    {"context was not found",
     Trouble::Setup,
     "kubectl config get-contexts shows what there is",
     persistent},
    {"does not exist in the kubeconfig",
     Trouble::Setup,
     "kubectl config get-contexts shows what there is",
     persistent},
    {"no context exists",
     Trouble::Setup,
     "kubectl config get-contexts shows what there is",
     persistent},
    {"error loading config file", Trouble::Setup, "check the kubeconfig", persistent},
    {"stat ", Trouble::Setup, "check the name of the kubeconfig", persistent},
    {"Expired", Trouble::Expired, "", transient},
    {"too old resource version", Trouble::Expired, "", transient},
    {"(Gone)", Trouble::Expired, "", transient},
    {"forbidden",
     Trouble::Forbidden,
     "ask the cluster's administrators for that right",
     persistent},
    {"(NotFound)", Trouble::Missing, "", transient},
    {"not found", Trouble::Missing, "", transient},
    {"connection to the server",
     Trouble::Network,
     "is the cluster up, and is a VPN or proxy needed?",
     transient},
    {"Unable to connect",
     Trouble::Network,
     "is the cluster up, and is a VPN or proxy needed?",
     transient},
    {"dial tcp", Trouble::Network, "is the cluster up, and is a VPN or proxy needed?", transient},
    {"i/o timeout",
     Trouble::Network,
     "is the cluster up, and is a VPN or proxy needed?",
     transient},
    {"TLS handshake timeout", Trouble::Network, "is a VPN or proxy needed?", transient},
    {"connection reset", Trouble::Network, "", transient},
    {"unexpected EOF", Trouble::Network, "", transient},
    {"ServiceUnavailable", Trouble::Network, "", transient},
}};

std::string adviceFor(const Refusal& refusal)
{
    std::string rule = "ask for a role with: apiGroups [\"" + refusal.group + "\"], resources [\""
                       + refusal.resource + "\"], verbs [\"" + refusal.verb + "\"]";
    rule += refusal.nameSpace.empty() ? " (ClusterRole)"
                                      : ", in namespace " + refusal.nameSpace + " (Role)";
    return rule;
}

} // namespace

std::optional<Refusal> refusalIn(std::string_view words)
{
    const std::size_t at = words.find(" is forbidden: User \"");
    const std::size_t other = words.find("is forbidden: User \"");
    if (at == std::string_view::npos && other == std::string_view::npos)
        return std::nullopt;
    const auto user = quotedAfter(words, "is forbidden: User \"");
    const std::size_t cannot = words.find("\" cannot ");
    const auto resource = quotedAfter(words, " resource \"");
    if (!user || cannot == std::string_view::npos || !resource)
        return std::nullopt;
    Refusal refusal;
    refusal.user = *user;
    const std::string_view verb = words.substr(cannot + 9);
    refusal.verb = verb.substr(0, verb.find(' '));
    refusal.resource = *resource;
    refusal.group = quotedAfter(words, "in API group \"").value_or("");
    refusal.nameSpace = quotedAfter(words, "in the namespace \"").value_or("");
    return refusal;
}

std::string text(const Refusal& refusal)
{
    return refusal.verb + " " + refusal.resource
           + (refusal.nameSpace.empty() ? " in the whole cluster"
                                        : " in namespace " + refusal.nameSpace);
}

KubectlError
explain(const Access& access, std::string_view doing, std::string_view words, std::string_view exit)
{
    KubectlError result;
    result.error.where =
        std::string(doing) + (access.context.empty() ? "" : " (context " + access.context + ")");
    result.error.what = shown(words);
    if (result.error.what.empty())
        result.error.what = "kubectl ended with " + std::string(exit);
    result.refusal = refusalIn(words);
    if (result.refusal) {
        result.trouble = Trouble::Forbidden;
        result.error.what = (result.refusal->user.empty() ? "you" : result.refusal->user)
                            + " may not " + text(*result.refusal);
        result.error.advice = adviceFor(*result.refusal);
        return result;
    }
    const auto* sign =
        std::ranges::find_if(signs, [&](const Sign& each) { return has(words, each.words); });
    if (sign == signs.end())
        return result;
    result.trouble = sign->trouble;
    result.error.advice = sign->advice;
    result.error.lasting = sign->lasting;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment.
    const char* path = std::getenv("PATH");
    if (sign->trouble == Trouble::Login && has(words, "not found") && path != nullptr)
        result.error.advice += ", which is " + std::string(path).substr(0, shownWords);
    return result;
}

} // namespace podglass::kubernetes
