// SPDX-License-Identifier: Apache-2.0
#include "core/session/kubernetes_carrier.h"

#include "core/kubernetes/agent_pod.h"

#include <sys/epoll.h>

namespace podglass::session {

namespace {

using kubernetes::KubectlError;
using kubernetes::KubectlSetup;
using kubernetes::Trouble;

constexpr std::chrono::seconds exitPatience{1};

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

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

AgentPlace::AgentPlace(const ClusterSetup& clusterSetup, kubernetes::Pod targetPod)
    : setup(clusterSetup)
    , target(std::move(targetPod))
    , nameSpace(setup.road.agentNamespace.empty() ? target.nameSpace : setup.road.agentNamespace)
{}

AgentPlace::~AgentPlace()
{
    abandon();
}

void AgentPlace::abandon()
{
    if (pod.empty())
        return;
    const std::string name = std::exchange(pod, {});
    kubernetes::deletePod(setup.access, nameSpace, name);
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
    if (m_place.pod.empty())
        create();
    else
        await();
}

void KubernetesCarrier::create()
{
    const ClusterSetup& setup = m_place.setup;
    const bool steal = !setup.road.mirrorOnly;
    kubernetes::AgentPodWish wish;
    wish.name = "podglass-agent-" + kubernetes::randomName(8);
    wish.nameSpace = m_place.nameSpace;
    wish.node = m_place.target.node;
    wish.image = setup.road.image;
    wish.session = setup.owner.session;
    wish.owner = setup.owner.owner;
    wish.process = setup.owner.process;
    wish.client = setup.clientName;
    wish.target = m_place.target.nameSpace + "/" + m_place.target.name;
    wish.steal = steal;
    const std::string what = "agent pod " + wish.nameSpace + "/" + wish.name;
    stepBegin(what);
    KubectlSetup run;
    run.access = setup.access;
    run.arguments = {"create", "-n", wish.nameSpace, "-f", "-", "-o", "name"};
    run.doing = "create the " + what;
    run.input = kubernetes::agentPodManifest(wish);
    // Named before the answer: if that is lost, it is deleted all the same.
    m_place.pod = wish.name;
    m_run = std::make_unique<kubernetes::KubectlRun>(
        m_loop,
        std::move(run),
        [this, what, steal](const std::string&, std::optional<KubectlError> error) {
            const auto done = std::move(m_run);
            if (error) {
                if (error->trouble != Trouble::Network)
                    m_place.pod.clear();
                fail(*error);
                return;
            }
            stepEnd(StepState::Done,
                    what + " on " + m_place.target.node,
                    joined(kubernetes::agentCapabilities(steal)));
            await();
        });
}

// A watch of this one pod begins with how it is now.
void KubernetesCarrier::await()
{
    stepBegin("wait for it to run");
    KubectlSetup run;
    run.access = m_place.setup.access;
    run.arguments = {"get",
                     "--raw",
                     "/api/v1/namespaces/" + m_place.nameSpace
                         + "/pods?watch=1&fieldSelector=metadata.name%3D" + m_place.pod
                         + "&timeoutSeconds=" + std::to_string(limits::agentPodPatience.count())};
    run.doing = "wait for the agent pod " + m_place.nameSpace + "/" + m_place.pod;
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
                                     {.what = "the pod did not come to run",
                                      .where = "agent pod " + m_place.nameSpace + "/" + m_place.pod,
                                      .advice = "kubectl describe pod says more",
                                      .lasting = base::Lasting::Transient},
                                     {}};
            m_place.abandon();
            fail(*error);
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
    const auto state = kubernetes::agentPodStateFrom(line);
    if (!state || state->name != m_place.pod || m_running || m_trouble)
        return;
    m_running = state->running;
    if (!state->running && !state->ended && state->trouble.empty())
        return;
    if (!state->running)
        m_trouble = KubectlError{
            Trouble::Other,
            {.what = state->trouble.empty() ? "the pod has ended" : state->trouble,
             .where = "agent pod " + m_place.nameSpace + "/" + m_place.pod,
             .advice = state->trouble.find("mage") != std::string::npos
                           ? "can the node get this image? name another with ?image=REF"
                           : "kubectl describe pod says more",
             .lasting = base::Lasting::Transient},
            {}};
    // Not inside kubectl's output.
    m_timer = m_loop.after({}, [this] {
        m_run.reset();
        if (!m_trouble) {
            stepEnd(StepState::Done, "agent pod runs");
            execute();
            return;
        }
        m_place.abandon();
        fail(*m_trouble);
    });
}

void KubernetesCarrier::execute()
{
    stepBegin("start the agent in " + m_place.pod);
    std::vector<std::string> words{"exec",
                                   "-i",
                                   "-n",
                                   m_place.nameSpace,
                                   m_place.pod,
                                   "-c",
                                   "agent",
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
    KubectlError error = kubernetes::explain(m_place.setup.access,
                                             "agent in " + m_place.nameSpace + "/" + m_place.pod,
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
