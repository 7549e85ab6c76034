// SPDX-License-Identifier: Apache-2.0
// Starting a child, hearing what it says, and its end. The agent's delivery through it is in
// child_delivery.cpp.
#include "core/session/child_carrier.h"

#include "core/base/limits.h"
#include "core/session/helper_lines.h"
#include "core/session/last_words.h"
#include "core/session/road_command.h"
#include "core/session/socket_carrier.h"

#include <algorithm>
#include <cerrno>

#include <sys/epoll.h>
#include <unistd.h>

namespace podglass::session {

namespace {

constexpr std::chrono::seconds exitPatience{1};

// Answers to prompts of our own, beside those of podglass-ssh, which count from 1.
constexpr std::uint32_t ownPrompts = 1'000'000;

} // namespace

std::unique_ptr<Carrier>
makeCarrier(io::Loop& loop, const Options& options, RoadMemory& memory, CarrierEvents events)
{
    if (options.road.kind == RoadKind::Unix || options.road.kind == RoadKind::Tcp)
        return std::make_unique<SocketCarrier>(loop, options.road, std::move(events));
    return std::make_unique<ChildCarrier>(loop, options, memory, std::move(events));
}

ChildCarrier::ChildCarrier(io::Loop& loop,
                           const Options& options,
                           RoadMemory& memory,
                           CarrierEvents events)
    : m_loop(loop)
    , m_options(options)
    , m_memory(memory)
    , m_events(std::move(events))
    , m_name(nameOf(options.road))
    , m_kind(options.road.kind)
    , m_maySwitch(options.road.kind == RoadKind::Ssh && inPath("ssh"))
{
    if (!m_maySwitch || m_memory.systemSsh == Switch::No)
        return;
    m_kind = RoadKind::SystemSsh;
    m_maySwitch = false;
    m_comeBack = m_memory.systemSsh == Switch::Keys;
}

ChildCarrier::~ChildCarrier()
{
    dropChild();
    wipe(m_password);
}

void ChildCarrier::dropChild()
{
    m_loop.cancel(m_timer);
    if (!m_child)
        return;
    stopDelivery();
    m_loop.unwatch(m_child->errors.get());
    m_loop.unwatch(m_child->control.get());
    m_loop.unwatch(m_child->exitFd());
    // Ended by a signal, an agent would cut what it passes on; an ssh has nothing to finish.
    if (m_kind == RoadKind::Local && m_greeted)
        std::move(*m_child).letGo();
    m_child.reset();
}

void ChildCarrier::open()
{
    if (overSsh(m_options.road) && m_options.road.agent.empty()) {
        auto agent = readAgentFile(m_options.agentPath);
        if (!agent) {
            failLater({Fault::Setup, agent.error()});
            return;
        }
        m_agent = std::move(*agent);
    }
    start();
}

void ChildCarrier::start()
{
    if (m_kind == RoadKind::SystemSsh)
        stepBegin("ssh " + m_name);
    else if (m_kind == RoadKind::Local)
        stepBegin("start " + m_options.agentPath);
    auto child =
        io::Child::start({.command = roadCommand(m_options, m_kind, m_maySwitch, m_agent.file),
                          .control = m_kind == RoadKind::Ssh});
    if (!child) {
        failLater({Fault::Setup, child.error()});
        return;
    }
    m_child.emplace(std::move(*child));
    watchChild();
    const bool local = m_kind == RoadKind::Local;
    if (local ? m_options.road.sudo : m_options.road.agent.empty())
        beginDelivery();
    else if (local || m_kind == RoadKind::SystemSsh) // ssh -W does not say when it is through
        m_timer = m_loop.after({}, [this] {
            stepEnd(StepState::Done, m_kind == RoadKind::Local ? "agent started" : "ssh started");
            opened();
        });
}

void ChildCarrier::opened()
{
    m_opened = true;
    if (m_options.road.kind == RoadKind::Ssh && m_kind == RoadKind::SystemSsh)
        m_memory.systemSsh = m_comeBack ? Switch::Keys : Switch::Yes;
    m_events.opened();
}

void ChildCarrier::watchChild()
{
    m_loop.watch(m_child->errors.get(), EPOLLIN, [this](auto) {
        m_words.read(m_loop, m_child->errors.get());
    });
    if (m_child->control)
        m_loop.watch(m_child->control.get(), EPOLLIN, [this](auto) { controlLines(); });
}

void ChildCarrier::controlLines()
{
    bool through = false;
    const bool open = m_controlReader.drain(m_child->control.get(), [&](std::string_view line) {
        if (std::holds_alternative<Reached>(parseHelperLine(line)))
            through = true;
        else
            controlLine(line);
    });
    if (!open)
        m_loop.unwatch(m_child->control.get());
    if (through)
        reached();
}

void ChildCarrier::controlLine(std::string_view line)
{
    HelperLine parsed = parseHelperLine(line);
    if (auto* step = std::get_if<Step>(&parsed)) {
        std::uint32_t& ours = m_helperStep[step->id];
        if (ours == 0)
            ours = ++m_lastStep;
        step->id = ours;
        m_events.step(std::move(*step));
    } else if (auto* prompt = std::get_if<Prompt>(&parsed)) {
        m_events.prompt(std::move(*prompt));
    } else if (auto* loss = std::get_if<Loss>(&parsed)) {
        if (!m_reported) // a jump host's reason, not that the next one went with it
            m_reported = std::move(*loss);
    }
}

// podglass-ssh has its channel.
void ChildCarrier::reached()
{
    if (m_ending || m_opened)
        return;
    if (m_options.road.agent.empty())
        stepBegin("start the agent on " + m_name);
    else
        opened();
}

void ChildCarrier::answer(std::uint32_t prompt, std::optional<std::string> text)
{
    if (prompt > ownPrompts) {
        if (m_delivery && prompt == ownPrompts + m_delivery->passwordsAsked()) {
            if (text) {
                m_password = *text;
                sendPassword();
            } else {
                failLater({Fault::Auth,
                           {.what = "cancelled",
                            .where = "sudo on " + m_name,
                            .advice = "connect again to be asked again"}});
            }
        }
    } else if (m_child && m_child->control) {
        std::string line = answerLine(prompt, text);
        // Short, and the socket holds more than an answer; a helper that does not read is gone.
        [[maybe_unused]] const auto sent =
            ::write(m_child->control.get(), line.data(), line.size());
        wipe(line);
    }
    if (text)
        wipe(*text);
}

void ChildCarrier::askForSudo()
{
    const unsigned times = m_delivery->passwordsAsked();
    const bool again = times > 1;
    wipe(m_password);
    m_events.prompt({.id = ownPrompts + times,
                     .kind = PromptKind::Password,
                     .title = "Password for sudo on " + m_name,
                     .text = again ? "refused, try again"
                                   : "The account is not root there. The "
                                     "password goes to sudo and is not kept."});
}

void ChildCarrier::ended(int /*error*/)
{
    if (std::exchange(m_ending, true))
        return;
    if (!m_child) {
        m_timer = m_loop.after({}, [this] { finish(); });
        return;
    }
    // The child's last words and its status say more than the end of the stream.
    m_loop.watch(m_child->exitFd(), EPOLLIN, [this](auto) { finish(); });
    m_timer = m_loop.after(exitPatience, [this] { finish(); });
}

void ChildCarrier::finish()
{
    if (m_child) {
        m_words.read(m_loop, m_child->errors.get());
        if (m_child->control)
            controlLines();
    }
    Loss loss = judge();
    m_loop.cancel(m_timer);
    if (m_child)
        m_loop.unwatch(m_child->exitFd());
    if (switchOver(loss))
        return;
    if (m_step != 0) {
        const std::size_t end = std::min(loss.error.what.find('\n'), loss.error.what.size());
        stepEnd(StepState::Failed,
                m_name + ": " + loss.error.what.substr(0, end),
                loss.error.what.substr(std::min(end + 1, loss.error.what.size())));
    }
    m_events.closed(std::move(loss));
}

// From podglass-ssh to the user's ssh, and back when that was refused and a password may do.
bool ChildCarrier::switchOver(const Loss& loss)
{
    const std::string reason = loss.error.text();
    if (m_kind == RoadKind::Ssh && m_maySwitch && loss.toSystemSsh != Switch::No) {
        m_comeBack = loss.toSystemSsh == Switch::Keys;
        m_kind = RoadKind::SystemSsh;
        warn("the built-in SSH cannot do this; going on with your own ssh", reason);
    } else if (m_kind == RoadKind::SystemSsh && m_comeBack && loss.fault == Fault::Auth) {
        m_comeBack = false;
        m_memory.systemSsh = Switch::No;
        m_kind = RoadKind::Ssh;
        warn("your own ssh was refused; going on with the built-in SSH, which can ask", reason);
    } else {
        return false;
    }
    m_maySwitch = false;
    dropChild();
    m_words = {};
    m_controlReader = {};
    m_helperStep.clear();
    m_reported.reset();
    m_ending = false;
    m_fileSent = 0;
    m_step = 0;
    start();
    return true;
}

Loss ChildCarrier::judge()
{
    if (m_reported)
        return *m_reported;
    Ending ending;
    ending.kind = m_kind;
    ending.where = m_name;
    ending.opened = m_opened;
    ending.exit = m_child ? m_child->exitWords() : std::nullopt;
    ending.status = ending.exit ? m_child->exitStatus() : 0;
    ending.lines = m_words.lines();
    return lossOf(ending);
}

void ChildCarrier::stepBegin(const std::string& text)
{
    m_stepBegun = io::Loop::now();
    m_step = ++m_lastStep;
    m_events.step({.id = m_step, .text = text, .detail = {}});
}

void ChildCarrier::stepEnd(StepState state, const std::string& text, const std::string& detail)
{
    if (m_step == 0)
        stepBegin(text);
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(io::Loop::now() - m_stepBegun);
    m_events.step({.id = std::exchange(m_step, 0),
                   .state = state,
                   .text = text,
                   .detail = detail,
                   .milliseconds = took.count()});
}

void ChildCarrier::warn(const std::string& text, const std::string& detail)
{
    m_events.step(
        {.id = ++m_lastStep, .state = StepState::Warning, .text = text, .detail = detail});
}

void ChildCarrier::failLater(Loss loss)
{
    m_reported = std::move(loss);
    stopDelivery();
    m_ending = true;
    m_timer = m_loop.after({}, [this] { finish(); });
}

} // namespace podglass::session
