// SPDX-License-Identifier: Apache-2.0
#include "core/session/child_carrier.h"

#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/bytes/view.h"
#include "core/session/helper_lines.h"
#include "core/session/socket_carrier.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace podglass::session {

namespace {

constexpr std::size_t keptErrorLines = 20;
constexpr std::chrono::seconds exitPatience{1};
constexpr off_t agentFileBytes = 256 << 20;

std::string destination(const Road& road)
{
    return road.user.empty() ? road.host : road.user + "@" + road.host;
}

bool overSsh(const Road& road)
{
    return road.kind == RoadKind::Ssh || road.kind == RoadKind::SystemSsh;
}

} // namespace

std::unique_ptr<Carrier> makeCarrier(io::Loop& loop, const Options& options, CarrierEvents events)
{
    if (options.road.kind == RoadKind::Unix || options.road.kind == RoadKind::Tcp)
        return std::make_unique<SocketCarrier>(loop, options.road, std::move(events));
    return std::make_unique<ChildCarrier>(loop, options, std::move(events));
}

ChildCarrier::ChildCarrier(io::Loop& loop, const Options& options, CarrierEvents events)
    : m_loop(loop)
    , m_options(options)
    , m_events(std::move(events))
    , m_road(overSsh(options.road) ? "ssh " + destination(options.road) : "podglass-agent")
{}

ChildCarrier::~ChildCarrier()
{
    m_loop.cancel(m_timer);
    if (!m_child)
        return;
    stopDelivery();
    m_loop.unwatch(m_child->errors.get());
    m_loop.unwatch(m_child->control.get());
    m_loop.unwatch(m_child->exitFd());
}

std::vector<std::string> ChildCarrier::command() const
{
    const Road& road = m_options.road;
    std::vector<std::string> words;
    if (road.kind == RoadKind::Local) {
        if (road.sudo)
            words = {"sudo", "-n", "--"};
        words.insert(words.end(), {m_options.agentPath, "--stdio"});
        return words;
    }
    const std::string remote = deliveryCommand(m_file, road.sudo);
    if (road.kind == RoadKind::Ssh) {
        words = {m_options.sshHelperPath, "--control-fd", "3"};
        if (!road.configFile.empty())
            words.insert(words.end(), {"--config", road.configFile});
        const bool v6 = road.host.find(':') != std::string::npos;
        std::string where = v6 ? "[" + road.host + "]" : road.host;
        if (!road.user.empty())
            where.insert(0, road.user + "@");
        if (road.port != 0)
            where += ":" + std::to_string(road.port);
        words.insert(words.end(), {where, "--", remote});
        return words;
    }
    words = {"ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=15"};
    words.insert(words.end(), {"-o", "ForwardAgent=no", "-o", "ClearAllForwardings=yes"});
    if (!road.configFile.empty())
        words.insert(words.end(), {"-F", road.configFile});
    if (road.port != 0)
        words.insert(words.end(), {"-p", std::to_string(road.port)});
    words.insert(words.end(), {"--", destination(road), remote});
    return words;
}

base::Status ChildCarrier::readAgentFile()
{
    if (m_options.agentPath.empty())
        return base::Done{};
    const std::string where = "agent file " + m_options.agentPath;
    const io::Fd file(::open(m_options.agentPath.c_str(), O_RDONLY | O_CLOEXEC));

    struct stat about
    {};

    if (!file || ::fstat(file.get(), &about) != 0)
        return base::systemError(errno, where);
    if (!S_ISREG(about.st_mode) || about.st_size > agentFileBytes)
        return base::systemError(EFBIG, where);
    m_fileBytes.resize(static_cast<std::size_t>(about.st_size));
    std::size_t done = 0;
    while (done < m_fileBytes.size()) {
        const ssize_t got =
            ::read(file.get(), m_fileBytes.data() + done, m_fileBytes.size() - done);
        if (got <= 0)
            return base::systemError(got < 0 ? errno : EIO, where);
        done += static_cast<std::size_t>(got);
    }
    base::Sha256 sum;
    sum.update(m_fileBytes);
    const base::Digest digest = sum.finish();
    m_file.sha256 = base::hex(digest);
    m_file.size = m_fileBytes.size();
    m_file.machine = elfMachine(bytes::asText(m_fileBytes).substr(0, 20));
    return base::Done{};
}

void ChildCarrier::open()
{
    stepBegin(overSsh(m_options.road) ? m_road : "start " + m_options.agentPath);
    if (overSsh(m_options.road)) {
        if (const auto read = readAgentFile(); !read) {
            failLater({Fault::Setup, read.error()});
            return;
        }
    }
    auto child =
        io::Child::start({.command = command(), .control = m_options.road.kind == RoadKind::Ssh});
    if (!child) {
        failLater({Fault::Setup, child.error()});
        return;
    }
    m_child.emplace(std::move(*child));
    watchChild();
    if (overSsh(m_options.road)) {
        m_delivery.emplace(m_file);
        m_loop.watch(m_child->output.get(), EPOLLIN, [this](auto) { deliveryInput(); });
        return;
    }
    m_timer = m_loop.after({}, [this] {
        stepEnd(StepState::Done, "agent started");
        m_events.opened();
    });
}

void ChildCarrier::watchChild()
{
    m_loop.watch(m_child->errors.get(), EPOLLIN, [this](auto) { errorLines(); });
    if (m_child->control)
        m_loop.watch(m_child->control.get(), EPOLLIN, [this](auto) { controlLines(); });
}

void ChildCarrier::errorLines()
{
    const bool open = m_errorReader.drain(m_child->errors.get(), [this](std::string_view line) {
        m_errorLines.emplace_back(line);
        if (m_errorLines.size() > keptErrorLines)
            m_errorLines.pop_front();
    });
    if (!open)
        m_loop.unwatch(m_child->errors.get());
}

void ChildCarrier::controlLines()
{
    if (!m_controlReader.drain(m_child->control.get(),
                               [this](std::string_view line) { controlLine(line); }))
        m_loop.unwatch(m_child->control.get());
}

void ChildCarrier::controlLine(std::string_view line)
{
    HelperLine parsed = parseHelperLine(line);
    if (auto* step = std::get_if<Step>(&parsed)) {
        if (m_step == 1) // our own line gives way to the helper's
            stepEnd(StepState::Done, m_road);
        step->id += 1'000;
        m_events.step(std::move(*step));
    } else if (auto* prompt = std::get_if<Prompt>(&parsed)) {
        m_events.prompt(std::move(*prompt));
    } else if (auto* loss = std::get_if<Loss>(&parsed)) {
        m_reported = std::move(*loss);
    }
}

void ChildCarrier::answer(std::uint32_t prompt, std::optional<std::string> text)
{
    if (!m_child || !m_child->control)
        return;
    std::string line = answerLine(prompt, text);
    // Short, and the socket holds more than a prompt's answer; a helper that does not read is gone.
    [[maybe_unused]] const auto sent = ::write(m_child->control.get(), line.data(), line.size());
    wipe(line);
    if (text)
        wipe(*text);
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
        errorLines();
        if (m_child->control)
            controlLines();
    }
    Loss loss = judge();
    m_loop.cancel(m_timer);
    if (m_child)
        m_loop.unwatch(m_child->exitFd());
    m_events.closed(std::move(loss));
}

std::string ChildCarrier::lastWords() const
{
    std::string all;
    for (const std::string& line : m_errorLines)
        all += (all.empty() ? "" : "\n") + line;
    return all;
}

std::string ChildCarrier::words() const
{
    return m_errorLines.empty() ? std::string() : m_errorLines.back();
}

Fault faultOfSsh(const std::string& words)
{
    const auto has = [&](std::string_view part) { return words.find(part) != std::string::npos; };
    if (has("HOST IDENTIFICATION HAS CHANGED") || has("Host key verification failed"))
        return Fault::HostKey;
    if (has("Permission denied (") || has("Too many authentication failures"))
        return Fault::Auth;
    return Fault::Network;
}

Loss ChildCarrier::judge()
{
    if (m_reported)
        return *m_reported;
    Loss loss;
    loss.error.where = m_road;
    loss.error.lasting = base::Lasting::Transient;
    const auto exited = m_child ? m_child->exitWords() : std::nullopt;
    loss.error.what = words();
    if (loss.error.what.empty())
        loss.error.what = "ended" + (exited ? " with " + *exited : std::string());
    if (m_options.road.kind == RoadKind::SystemSsh && exited && m_child->exitStatus() == 255) {
        loss.fault = faultOfSsh(lastWords());
        if (loss.fault == Fault::HostKey)
            loss.error.what = "the host key is unknown or changed: " + words();
        if (loss.fault != Fault::Network)
            loss.error.lasting = base::Lasting::Persistent;
    } else if (exited && m_child->exitStatus() != 0 && m_child->exitStatus() < 128) {
        loss.fault = Fault::Remote;
    }
    return loss;
}

void ChildCarrier::stepBegin(const std::string& text)
{
    m_stepBegun = io::Loop::now();
    m_events.step({.id = ++m_step, .text = text, .detail = {}});
}

void ChildCarrier::stepEnd(StepState state, const std::string& text, const std::string& detail)
{
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(io::Loop::now() - m_stepBegun);
    m_events.step({.id = m_step,
                   .state = state,
                   .text = text,
                   .detail = detail,
                   .milliseconds = took.count()});
}

void ChildCarrier::failLater(Loss loss)
{
    stepEnd(StepState::Failed, loss.error.text(), lastWords());
    m_reported = std::move(loss);
    stopDelivery();
    m_ending = true;
    m_timer = m_loop.after({}, [this] { finish(); });
}

void ChildCarrier::stopDelivery()
{
    if (!m_delivery)
        return;
    m_delivery.reset();
    m_loop.unwatch(m_child->output.get());
    m_loop.unwatch(m_child->input.get());
    m_fileBytes = {};
}

// One byte at a time: what follows the line "ready" is the agent's and must stay in the pipe.
void ChildCarrier::deliveryInput()
{
    for (;;) {
        char c = 0;
        const ssize_t got = ::read(m_child->output.get(), &c, 1);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got <= 0) {
            stopDelivery();
            ended(got < 0 ? errno : 0);
            return;
        }
        if (c != '\n') {
            if (m_deliveryLine.size() < limits::helperLineBytes)
                m_deliveryLine += c;
            continue;
        }
        const std::string line = std::exchange(m_deliveryLine, {});
        switch (m_delivery->line(line)) {
        case Delivery::Next::Wait:
            break;
        case Delivery::Next::Send:
            stepEnd(StepState::Done, m_road);
            stepBegin("send the agent (" + std::to_string(m_file.size / 1024) + " KiB)");
            m_loop.watch(m_child->input.get(), EPOLLOUT, [this](auto) { sendFile(); });
            break;
        case Delivery::Next::Ready:
            stepEnd(StepState::Done,
                    m_fileSent > 0          ? "agent sent and started"
                    : m_delivery->present() ? "agent there already, started"
                                            : "agent started");
            stopDelivery();
            m_events.opened();
            return;
        case Delivery::Next::Failed:
            failLater({Fault::Remote, m_delivery->error()});
            return;
        }
    }
}

void ChildCarrier::sendFile()
{
    const ssize_t sent = ::write(
        m_child->input.get(), m_fileBytes.data() + m_fileSent, m_fileBytes.size() - m_fileSent);
    if (sent > 0)
        m_fileSent += static_cast<std::size_t>(sent);
    const bool broken = sent < 0 && errno != EAGAIN && errno != EINTR;
    if (broken || m_fileSent == m_fileBytes.size())
        m_loop.unwatch(m_child->input.get());
}

} // namespace podglass::session
