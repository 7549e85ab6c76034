// SPDX-License-Identifier: Apache-2.0
// Waiting for the agent's place to run, and the stream into it. How the place is made is in
// kubernetes_place.cpp.
#include "core/session/kubernetes_carrier.h"

#include "core/kubernetes/agent_pod.h"

#include <sys/epoll.h>

namespace podglass::session {

namespace {

using kubernetes::KubectlError;
using kubernetes::KubectlSetup;
using kubernetes::Trouble;

constexpr std::chrono::seconds exitPatience{1};

} // namespace

Fault faultOf(Trouble trouble)
{
    switch (trouble) {
    case Trouble::Setup:
    case Trouble::Forbidden:
        return Fault::Setup;
    case Trouble::Login:
        return Fault::Auth;
    case Trouble::Network:
    case Trouble::Expired:
        return Fault::Network;
    case Trouble::Missing:
    case Trouble::Other:
        break;
    }
    return Fault::Remote;
}

KubernetesCarrier::KubernetesCarrier(io::Loop& loop, AgentPlace& place, CarrierEvents events)
    : m_loop(loop)
    , m_place(place)
    , m_events(std::move(events))
{}

KubernetesCarrier::~KubernetesCarrier()
{
    m_loop.cancel(m_timer);
    if (!m_child)
        return;
    m_loop.unwatch(m_child->errors.get());
    m_loop.unwatch(m_child->exitFd());
}

void KubernetesCarrier::open()
{
    if (m_place.made())
        await();
    else
        make();
}

// A watch of this one pod begins with how it is now.
void KubernetesCarrier::await()
{
    stepBegin("wait for it to run");
    KubectlSetup run;
    run.access = m_place.setup.access;
    run.arguments = {"get",
                     "--raw",
                     "/api/v1/namespaces/" + m_place.podSpace()
                         + "/pods?watch=1&fieldSelector=metadata.name%3D" + m_place.podName()
                         + "&timeoutSeconds=" + std::to_string(limits::agentPodPatience.count())};
    run.doing = "wait for the " + m_place.name();
    run.whole = false;
    run.patience = limits::agentPodPatience;
    m_running = false;
    m_trouble.reset();
    m_run = std::make_unique<kubernetes::KubectlRun>(
        m_loop,
        std::move(run),
        [this](const std::string&, std::optional<KubectlError> error) {
            const auto done = std::move(m_run);
            if (!error)
                error = KubectlError{Trouble::Other,
                                     {.what = "it did not come to run",
                                      .where = m_place.name(),
                                      .advice = "kubectl describe pod says more",
                                      .lasting = base::Lasting::Transient},
                                     {}};
            giveUpPlace(*error);
        },
        [this](std::string_view text) {
            m_line += text;
            for (std::size_t end = m_line.find('\n'); end != std::string::npos;
                 end = m_line.find('\n')) {
                onState(std::string_view(m_line).substr(0, end));
                m_line.erase(0, end + 1);
            }
            if (m_line.size() > limits::clusterObjectBytes)
                m_line.clear();
        });
}

void KubernetesCarrier::onState(std::string_view line)
{
    const auto state = kubernetes::agentPodStateFrom(line, m_place.container);
    if (!state || state->name != m_place.podName() || m_running || m_trouble)
        return;
    m_running = state->running;
    if (!state->running && !state->ended && state->trouble.empty())
        return;
    if (!state->running)
        m_trouble = KubectlError{
            state->ended ? Trouble::Missing : Trouble::Other,
            {.what = state->trouble.empty() ? "the pod has ended" : state->trouble,
             .where = m_place.name(),
             .advice = state->trouble.find("mage") != std::string::npos
                           ? "can the node get this image? name another with ?image=REF"
                           : "kubectl describe pod says more",
             .lasting = base::Lasting::Transient},
            {}};
    // Not inside kubectl's output.
    m_timer = m_loop.after({}, [this] {
        m_run.reset();
        if (!m_trouble) {
            m_place.ran = true;
            stepEnd(StepState::Done, m_place.inside() ? "container runs" : "agent pod runs");
            execute();
            return;
        }
        giveUpPlace(*m_trouble);
    });
}

// A container that ran has ended since, as unused ones do: another takes its place. One that never
// came to run leaves the pod on the node, whose own words follow.
void KubernetesCarrier::giveUpPlace(const KubectlError& error)
{
    const bool wasInside = m_place.inside();
    const bool hadRun = std::exchange(m_place.ran, false);
    m_place.abandon();
    if (wasInside && error.trouble == Trouble::Other && hadRun) {
        stepEnd(StepState::Warning, "the container of before has ended");
        inject();
    } else if (wasInside && error.trouble == Trouble::Other) {
        goOutside(error.error.what);
    } else {
        fail(error);
    }
}

void KubernetesCarrier::execute()
{
    stepBegin("start the agent in " + m_place.podName());
    std::vector<std::string> words{"exec",
                                   "-i",
                                   "-n",
                                   m_place.podSpace(),
                                   m_place.podName(),
                                   "-c",
                                   m_place.inside() ? m_place.container : "agent",
                                   "--",
                                   "/podglass-agent",
                                   "--stdio"};
    if (m_place.setup.road.mirrorOnly)
        words.emplace_back("--mirror-only");
    auto child =
        io::Child::start({.command = kubernetes::kubectlCommand(m_place.setup.access, words)});
    if (!child) {
        fail({Trouble::Setup, child.error(), {}});
        return;
    }
    m_child.emplace(std::move(*child));
    m_loop.watch(m_child->errors.get(), EPOLLIN, [this](auto) {
        m_words.read(m_loop, m_child->errors.get());
    });
    m_timer = m_loop.after({}, [this] {
        stepEnd(StepState::Done, "stream through kubectl exec");
        m_events.opened();
    });
}

void KubernetesCarrier::ended(int /*error*/)
{
    if (std::exchange(m_ending, true))
        return;
    if (!m_child) {
        m_timer = m_loop.after({}, [this] { finish(); });
        return;
    }
    m_loop.watch(m_child->exitFd(), EPOLLIN, [this](auto) { finish(); });
    m_timer = m_loop.after(exitPatience, [this] { finish(); });
}

void KubernetesCarrier::finish()
{
    if (m_child) {
        m_words.read(m_loop, m_child->errors.get());
        m_loop.unwatch(m_child->exitFd());
    }
    m_loop.cancel(m_timer);
    Loss loss = judge();
    m_events.closed(std::move(loss));
}

Loss KubernetesCarrier::judge()
{
    if (m_reported)
        return *m_reported;
    std::string all;
    for (const std::string& line : m_words.lines()) {
        // What our agent says about its rights is not why kubectl ended.
        if (!line.starts_with("podglass-agent: "))
            all += line + "\n";
    }
    const auto exit = m_child ? m_child->exitWords() : std::nullopt;
    KubectlError error =
        kubernetes::explain(m_place.setup.access,
                            "agent in " + m_place.podSpace() + "/" + m_place.podName(),
                            all,
                            exit.value_or("no status"));
    if (error.trouble == Trouble::Missing)
        m_place.abandon(); // the next carrier makes a new one
    if (error.trouble != Trouble::Forbidden && error.trouble != Trouble::Login)
        error.error.lasting = base::Lasting::Transient;
    return {faultOf(error.trouble), std::move(error.error)};
}

void KubernetesCarrier::fail(const KubectlError& error)
{
    stepEnd(StepState::Failed, error.error.text());
    m_reported = Loss{faultOf(error.trouble), error.error};
    m_ending = true;
    m_timer = m_loop.after({}, [this] { finish(); });
}

void KubernetesCarrier::stepBegin(const std::string& text)
{
    m_stepBegun = io::Loop::now();
    m_events.step({.id = ++m_step, .text = text, .detail = {}});
}

void KubernetesCarrier::stepEnd(StepState state, const std::string& text, const std::string& detail)
{
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(io::Loop::now() - m_stepBegun);
    m_events.step({.id = m_step,
                   .state = state,
                   .text = text,
                   .detail = detail,
                   .milliseconds = took.count()});
}

} // namespace podglass::session
