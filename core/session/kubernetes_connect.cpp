// SPDX-License-Identifier: Apache-2.0
// From a kubeconfig to a cluster that answers: which context, what it may do, is it there.
#include "core/base/limits.h"
#include "core/kubernetes/agent_container.h"
#include "core/kubernetes/contexts.h"
#include "core/session/kubernetes_engine.h"

#include <algorithm>

namespace podglass::session {

namespace {

using kubernetes::KubectlError;

// Lines of connecting; those of workloads have ids of their own.
constexpr std::uint32_t contextStep = 1;
constexpr std::uint32_t versionStep = 2;
constexpr std::uint32_t warningSteps = 1'000;

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

std::string between(std::string_view text, std::string_view before, char after)
{
    const std::size_t at = text.find(before);
    if (at == std::string_view::npos)
        return {};
    const std::string_view rest = text.substr(at + before.size());
    return std::string(rest.substr(0, std::min(rest.find(after), std::size_t{40})));
}

} // namespace

void KubernetesEngine::connect()
{
    if (m_run || m_live)
        return;
    say(State::Connecting, {});
    step(contextStep, StepState::Running, "read the kubeconfig");
    m_run = kubernetes::readContexts(m_loop, m_setup.access, [this](const auto& contexts) {
        const auto done = std::move(m_run);
        onContexts(contexts);
    });
}

void KubernetesEngine::onContexts(const base::Result<std::vector<kubernetes::Context>>& contexts)
{
    if (!contexts) {
        step(contextStep, StepState::Failed, contexts.error().text());
        fail(contexts.error());
        return;
    }
    const std::string& wanted = m_setup.access.context;
    const auto found = std::ranges::find_if(*contexts, [&](const auto& each) {
        return wanted.empty() ? each.current : each.name == wanted;
    });
    if (found != contexts->end()) {
        useContext(*found);
        return;
    }
    std::string names;
    for (const auto& each : *contexts)
        names += (names.empty() ? "" : ", ") + each.name;
    base::Error error{.what = wanted.empty() ? "the kubeconfig names no current context"
                                             : "there is no context \"" + wanted + "\"",
                      .where = "read the kubeconfig",
                      .advice = names.empty() ? "it holds no context at all; is it the right file?"
                                              : "there are: " + names};
    step(contextStep, StepState::Failed, error.text());
    fail(std::move(error));
}

void KubernetesEngine::useContext(const kubernetes::Context& context)
{
    m_setup.access.context = context.name;
    m_context = context;
    step(contextStep,
         StepState::Done,
         "context " + context.name,
         context.server + (context.user.empty() ? "" : " as " + context.user));
    if (context.insecureSkipTlsVerify)
        step(warningSteps + ++m_lastStep,
             StepState::Warning,
             "the server's certificate is not checked (insecure-skip-tls-verify): whoever is on "
             "the way can read and change everything");
    if (!context.login.empty())
        step(warningSteps + ++m_lastStep,
             StepState::Done,
             "this context logs in by running a program: " + joined(context.login));
    for (kubernetes::ConsentQuestion& question :
         kubernetes::consentQuestions(m_setup.access, context)) {
        if (!m_trusted && !m_allowed.contains(question.key) && !m_consents.given(question.key))
            m_questions.push_back(std::move(question));
    }
    askNext();
}

// Nothing has been run and nobody been called but `kubectl config view`.
void KubernetesEngine::askNext()
{
    if (m_questions.empty()) {
        reach();
        return;
    }
    const kubernetes::ConsentQuestion& question = m_questions.front();
    m_outbox.push(Prompt{.id = ++m_lastPrompt,
                         .kind = PromptKind::Permission,
                         .title = question.title,
                         .text = question.text});
}

void KubernetesEngine::answer(std::uint32_t prompt, std::optional<std::string> text)
{
    if (m_questions.empty() || prompt != m_lastPrompt)
        return;
    const kubernetes::ConsentQuestion question = std::move(m_questions.front());
    m_questions.pop_front();
    if (!text || (*text != "once" && *text != "save")) {
        m_questions.clear();
        step(versionStep, StepState::Failed, question.refused);
        fail({.what = question.refused,
              .where = "context " + m_context.name,
              .advice = "connect again to be asked again; podglassctl takes --trust-kubeconfig"});
        return;
    }
    m_allowed.insert(question.key);
    if (*text == "save") {
        if (const auto kept = m_consents.keep(question.key); !kept)
            step(warningSteps + ++m_lastStep,
                 StepState::Warning,
                 "allowed for this session only",
                 kept.error().text());
    }
    askNext();
}

void KubernetesEngine::reach()
{
    const kubernetes::Context& context = m_context;
    step(versionStep, StepState::Running, "reach " + context.server);
    m_run = std::make_unique<kubernetes::KubectlRun>(
        m_loop,
        kubernetes::KubectlSetup{.access = m_setup.access,
                                 .arguments = {"get", "--raw", "/version"},
                                 .doing = "reach " + context.server,
                                 .input = {}},
        [this](const std::string& answer, std::optional<KubectlError> error) {
            const auto done = std::move(m_run);
            // Some clusters tell strangers nothing, not even this.
            if (error && error->trouble != kubernetes::Trouble::Forbidden) {
                step(versionStep, StepState::Failed, error->error.text());
                fail(std::move(error->error));
                return;
            }
            onVersion(answer);
        });
}

void KubernetesEngine::onVersion(const std::string& answer)
{
    const std::string version = between(answer, "\"gitVersion\": \"", '"');
    m_version = "Kubernetes" + (version.empty() ? "" : " " + version);
    m_setup.withoutContainers = kubernetes::withoutAgentContainers(version);
    step(versionStep, StepState::Done, m_version);
    live();
}

void KubernetesEngine::live()
{
    m_live = true;
    sweep({});
    sayLive();
    wire::Hello hello;
    hello.build = m_version;
    hello.host = m_setup.access.context;
    hello.capabilities = static_cast<std::uint64_t>(wire::Capability::ListTargets)
                         | static_cast<std::uint64_t>(wire::Capability::Mirror)
                         | static_cast<std::uint64_t>(wire::Capability::Rules);
    m_outbox.push(std::move(hello));
    for (auto& [request, spec] : std::exchange(m_waiting, {}))
        attach(request, std::move(spec));
    if (!m_lists.empty())
        listTargets(0);
}

// What is not checked stays in sight as long as it is so.
void KubernetesEngine::sayLive()
{
    say(State::Live,
        m_version + ", context " + m_setup.access.context
            + (m_context.insecureSkipTlsVerify ? ", its certificate is NOT checked" : ""));
}

void KubernetesEngine::fail(base::Error error)
{
    error.lasting = base::Lasting::Persistent;
    say(State::Failed, {}, std::move(error));
}

} // namespace podglass::session
