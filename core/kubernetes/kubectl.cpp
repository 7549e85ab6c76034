// SPDX-License-Identifier: Apache-2.0
#include "core/kubernetes/kubectl.h"

#include <array>
#include <cerrno>

#include <sys/epoll.h>
#include <unistd.h>

namespace podglass::kubernetes {

namespace {

constexpr std::size_t chunkBytes = 65'536;
constexpr unsigned chunksPerWake = 16;
constexpr std::size_t keptWords = 65'536;

std::string seconds(base::Duration time)
{
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count()) + " s";
}

// For the shell of the other host: between single quotes everything is itself.
std::string quoted(const std::string& word)
{
    std::string text = "'";
    for (const char c : word)
        text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return text + "'";
}

} // namespace

std::vector<std::string>
kubectlCommand(const Access& access, const std::vector<std::string>& arguments, bool piped)
{
    std::vector<std::string> words{access.kubectl.empty() ? "kubectl" : access.kubectl};
    // With '=': a name that begins with '-' stays a value.
    if (!access.kubeconfig.empty())
        words.push_back("--kubeconfig=" + access.kubeconfig);
    if (!access.context.empty())
        words.push_back("--context=" + access.context);
    words.insert(words.end(), arguments.begin(), arguments.end());
    if (access.through.empty())
        return words;
    std::string line = piped ? "cat | exec" : "exec";
    for (const std::string& word : words)
        line += " " + quoted(word);
    std::vector<std::string> all = access.through;
    all.push_back(std::move(line));
    return all;
}

void deletePod(const Access& access, const std::string& nameSpace, const std::string& name)
{
    auto child = io::Child::start({.command = kubectlCommand(access,
                                                             {"delete",
                                                              "pod",
                                                              "-n",
                                                              nameSpace,
                                                              name,
                                                              "--wait=false",
                                                              "--ignore-not-found",
                                                              "--request-timeout=20s"})});
    if (child)
        std::move(*child).letGo();
}

KubectlRun::KubectlRun(io::Loop& loop, KubectlSetup setup, Ended ended, Output output)
    : m_loop(loop)
    , m_setup(std::move(setup))
    , m_ended(std::move(ended))
    , m_output(std::move(output))
{
    start();
}

KubectlRun::~KubectlRun()
{
    m_loop.cancel(m_timer);
    unwatch();
}

void KubectlRun::unwatch()
{
    if (!m_child)
        return;
    for (const int fd :
         {m_child->input.get(), m_child->output.get(), m_child->errors.get(), m_child->exitFd()}) {
        if (fd >= 0)
            m_loop.unwatch(fd);
    }
}

void KubectlRun::start()
{
    auto child = io::Child::start(
        {.command = kubectlCommand(m_setup.access, m_setup.arguments, !m_setup.input.empty())});
    if (!child) {
        base::Error error = child.error();
        error.where = m_setup.doing;
        error.what = "kubectl cannot be started: " + error.what;
        error.advice = "install kubectl, or put its folder into PATH";
        m_error = KubectlError{Trouble::Setup, std::move(error), {}};
        m_timer = m_loop.after({}, [this] { finish(); });
        return;
    }
    m_child.emplace(std::move(*child));
    m_loop.watch(m_child->output.get(), EPOLLIN, [this](auto) { readable(); });
    m_loop.watch(m_child->errors.get(), EPOLLIN, [this](auto) { errorsReadable(); });
    if (m_setup.input.empty())
        m_child->input.reset();
    else
        m_loop.watch(m_child->input.get(), EPOLLOUT, [this](auto) { writable(); });
    if (m_setup.patience > base::Duration::zero())
        m_timer = m_loop.after(m_setup.patience, [this] {
            fail({Trouble::Network,
                  {.what = "no answer within " + seconds(m_setup.patience),
                   .where = m_setup.doing,
                   .advice = "is the cluster reachable, and is a VPN or proxy needed?",
                   .lasting = base::Lasting::Transient},
                  {}});
        });
}

void KubectlRun::writable()
{
    const ssize_t sent = ::write(
        m_child->input.get(), m_setup.input.data() + m_written, m_setup.input.size() - m_written);
    if (sent > 0)
        m_written += static_cast<std::size_t>(sent);
    const bool broken = sent < 0 && errno != EAGAIN && errno != EINTR;
    if (!broken && m_written < m_setup.input.size())
        return;
    m_loop.unwatch(m_child->input.get());
    m_child->input.reset();
}

void KubectlRun::readable()
{
    std::array<char, chunkBytes>
        buffer; // NOLINT(cppcoreguidelines-pro-type-member-init): read into
    for (unsigned i = 0; i < chunksPerWake; ++i) {
        const ssize_t got = ::read(m_child->output.get(), buffer.data(), buffer.size());
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got <= 0) {
            outputEnded();
            return;
        }
        const std::string_view text(buffer.data(), static_cast<std::size_t>(got));
        if (!m_setup.whole) {
            m_output(text);
            continue;
        }
        if (m_answer.size() + text.size() > m_setup.answerLimit) {
            fail({Trouble::Other,
                  {.what = "the answer is longer than " + std::to_string(m_setup.answerLimit >> 20)
                           + " MiB",
                   .where = m_setup.doing,
                   .advice = "name a namespace"},
                  {}});
            return;
        }
        m_answer += text;
    }
}

void KubectlRun::errorsReadable()
{
    std::array<char, 4096> buffer{};
    for (;;) {
        const ssize_t got = ::read(m_child->errors.get(), buffer.data(), buffer.size());
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got <= 0) {
            m_loop.unwatch(m_child->errors.get());
            return;
        }
        m_words.append(buffer.data(), static_cast<std::size_t>(got));
        if (m_words.size() > 2 * keptWords) // the end says why it ended
            m_words.erase(0, m_words.size() - keptWords);
    }
}

void KubectlRun::outputEnded()
{
    m_loop.unwatch(m_child->output.get());
    m_loop.watch(m_child->exitFd(), EPOLLIN, [this](auto) { finish(); });
}

void KubectlRun::fail(KubectlError error)
{
    m_error = std::move(error);
    m_loop.cancel(m_timer);
    if (m_child)
        m_child->terminate();
    unwatch();
    // Not from here: the caller of readable() still holds us.
    m_timer = m_loop.after({}, [this] { finish(); });
}

void KubectlRun::finish()
{
    m_loop.cancel(m_timer);
    if (m_child && !m_error) {
        errorsReadable();
        const auto exit = m_child->exitWords();
        if (!exit || m_child->exitStatus() != 0)
            m_error = explain(m_setup.access, m_setup.doing, m_words, exit.value_or("no status"));
    }
    unwatch();
    // The callback may destroy us.
    const Ended ended = std::move(m_ended);
    ended(std::move(m_answer), std::move(m_error));
}

} // namespace podglass::kubernetes
