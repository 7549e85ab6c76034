// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/live_client.h"

#include "core/base/limits.h"
#include "core/export/printable.h"
#include "core/session/ports.h"

#include <array>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <termios.h>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace podglass::ctl {

namespace {

std::string besideThisProgram(const std::string& name)
{
    std::error_code failed;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
    const auto beside = self.parent_path() / name;
    if (!failed && std::filesystem::exists(beside))
        return beside;
    // In a build tree each program has a folder of its own.
    const auto built = self.parent_path().parent_path() / name.substr(name.find('-') + 1) / name;
    return std::filesystem::exists(built) ? built.string() : "/usr/lib/podglass/" + name;
}

std::string clientName()
{
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    // Nothing here changes the environment.
    const char* user = std::getenv("USER"); // NOLINT(concurrency-mt-unsafe)
    return std::string(user != nullptr ? user : "user") + "@" + host.data();
}

io::Fd stopSignals()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    return io::Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

} // namespace

std::optional<std::string> readAnswer(const std::string& question, bool secret)
{
    termios before{};
    const bool terminal = ::tcgetattr(STDIN_FILENO, &before) == 0;
    if (!terminal) {
        std::cerr << question << std::endl;
        return std::nullopt;
    }
    // Before it is asked: what is typed until then is thrown away.
    if (secret) {
        termios quiet = before;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    std::cerr << question << std::flush;
    std::string line;
    const bool got = bool(std::getline(std::cin, line));
    if (secret) {
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        std::cerr << '\n';
    }
    return got ? std::optional(line) : std::nullopt;
}

std::vector<std::uint16_t> portsToFollow(const wire::Attached& attached,
                                         std::vector<std::uint16_t> named)
{
    if (named.empty())
        return session::portsWorthFollowing(attached);
    const std::string odd = session::portsNobodyHas(attached, named);
    if (!odd.empty())
        std::cerr << "podglassctl: " << exporting::printable(odd) << std::endl;
    return named;
}

LiveClient::LiveClient(LiveOptions options)
    : m_options(std::move(options))
    , m_updates(limits::printerQueueBytes)
{}

LiveClient::~LiveClient() = default;

bool LiveClient::readAddresses()
{
    auto address = session::parseAddress(m_options.address);
    if (!address) {
        fail(address.error().text());
        return false;
    }
    m_address = *address;
    m_targets.push_back(m_address.target);
    for (const std::string& text : m_options.more) {
        auto other = session::parseAddress(text);
        if (!other) {
            fail(other.error().text());
            return false;
        }
        if (other->road != m_address.road || other->target.empty()) {
            fail(text
                 + ": the targets followed together are of one host, each named; start "
                   "podglassctl once more for another host");
            return false;
        }
        m_targets.push_back(other->target);
    }
    return true;
}

int LiveClient::run()
{
    // Printing is the slow end of this program; through stdio it would be slower still.
    std::ios::sync_with_stdio(false);
    if (!readAddresses())
        return 1;
    // What the address says stands unless an option says otherwise.
    m_address.road.sudo = m_address.road.sudo || m_options.sudo;
    if (!m_options.sshConfig.empty())
        m_address.road.configFile = m_options.sshConfig;
    if (!m_options.secretFile.empty())
        m_address.road.secretFile = m_options.secretFile;
    session::Options options;
    options.road = m_address.road;
    options.agentPath = m_options.agentPath.empty() ? besideThisProgram("podglass-agent")
                                                          + (m_options.endsTls ? "-tls" : "")
                                                    : m_options.agentPath;
    options.sshHelperPath = m_options.sshHelperPath.empty() ? besideThisProgram("podglass-ssh")
                                                            : m_options.sshHelperPath;
    options.clientName = clientName();
    options.trustKubeconfig = m_options.trustKubeconfig;

    const io::Fd signals = stopSignals(); // before the session's thread inherits the mask
    m_end = std::chrono::steady_clock::now()
            + std::chrono::duration_cast<base::Duration>(
                std::chrono::duration<double>(m_options.seconds));
    m_session.emplace(std::move(options), m_updates);
    m_session->connect();
    while (!m_status) {
        std::array<pollfd, 2> waits{{{m_updates.wakeFd(), POLLIN, 0}, {signals.get(), POLLIN, 0}}};
        const int ready = ::poll(waits.data(), waits.size(), waitMilliseconds());
        if (ready == 0 || (waits[1].revents & POLLIN) != 0)
            finish(0);
        else
            turn();
    }
    m_session.reset();
    if (m_passedOn > 0)
        std::cerr << "podglassctl: " << m_passedOn
                  << (m_passedOn == 1 ? " connection that was passed on goes"
                                      : " connections that were passed on go")
                  << " on through the agent until the end; nothing new is redirected\n";
    return *m_status;
}

void LiveClient::finish(int status)
{
    if (!m_status)
        m_status = status;
}

void LiveClient::fail(const wire::Failure& failure)
{
    fail(failure.where + ": " + failure.what
         + (failure.advice.empty() ? "" : " (" + failure.advice + ")"));
}

void LiveClient::attachToTargets()
{
    if (std::exchange(m_attachSent, true))
        return;
    if (m_address.target.empty()) {
        fail("no target in the address; podglassctl targets lists them");
        return;
    }
    for (const std::string& target : m_targets)
        session().attach(target);
}

void LiveClient::fail(const std::string& text)
{
    std::cerr << "podglassctl: " << exporting::printable(text) << std::endl;
    finish(1);
}

int LiveClient::waitMilliseconds() const
{
    if (m_options.seconds <= 0)
        return -1;
    const auto left = m_end - std::chrono::steady_clock::now();
    return static_cast<int>(
        std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(left).count()));
}

void LiveClient::turn()
{
    for (session::Update& item : m_updates.take()) {
        if (m_status)
            return;
        handle(item);
    }
}

void LiveClient::handle(session::Update& item)
{
    if (const auto* step = std::get_if<session::Step>(&item)) {
        if (!m_options.quiet && step->state != session::StepState::Running)
            std::cerr << "  " << exporting::printable(step->text)
                      << (step->detail.empty() ? "" : " - " + exporting::printable(step->detail))
                      << '\n';
    } else if (const auto* prompt = std::get_if<session::Prompt>(&item)) {
        ask(*prompt);
    } else if (const auto* hello = std::get_if<wire::Hello>(&item)) {
        connected(*hello);
    } else if (const auto* state = std::get_if<session::StateChanged>(&item)) {
        if (state->state == session::State::Failed)
            fail(state->error.text());
        else if (state->state == session::State::Reconnecting && !m_reconnecting) // not each second
            std::cerr << "podglassctl: " << exporting::printable(state->error.text())
                      << "; trying again " << exporting::printable(state->detail) << std::endl;
        m_reconnecting = state->state == session::State::Reconnecting;
    } else if (const auto* sample = std::get_if<wire::Telemetry>(&item)) {
        m_passedOn = sample->proxiedConnections;
    }
    if (!m_status)
        update(item);
}

void LiveClient::ask(const session::Prompt& prompt)
{
    std::cerr << exporting::printable(prompt.title) << '\n';
    if (!prompt.text.empty())
        std::cerr << exporting::printable(prompt.text) << '\n';
    const bool permission = prompt.kind == session::PromptKind::Permission;
    const bool hostKey = prompt.kind == session::PromptKind::HostKey || permission;
    auto answer = readAnswer(permission ? "allow? [no/once/save] "
                             : hostKey  ? "trust this key? [no/once/save] "
                                        : "> ",
                             prompt.kind == session::PromptKind::Password
                                 || prompt.kind == session::PromptKind::Passphrase);
    if (hostKey && answer != "once" && answer != "save")
        answer.reset();
    m_session->answer(prompt.id, std::move(answer));
}

} // namespace podglass::ctl
