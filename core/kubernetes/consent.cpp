// SPDX-License-Identifier: Apache-2.0
#include "core/kubernetes/consent.h"

#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/io/fd.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace podglass::kubernetes {

namespace {

constexpr std::size_t keyLetters = 64;
constexpr std::size_t shownWord = 400;

std::string environment(const char* name)
{
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): never changed here
    return value != nullptr ? value : "";
}

std::string kubeconfigOf(const Access& access)
{
    // Of another host: the last word before the command is its name.
    if (!access.through.empty())
        return (access.kubeconfig.empty() ? "the kubeconfig" : access.kubeconfig) + " on "
               + access.through.back();
    if (!access.kubeconfig.empty())
        return access.kubeconfig;
    const std::string named = environment("KUBECONFIG");
    return named.empty() ? environment("HOME") + "/.kube/config" : named;
}

// Each part with its length before it: no two lists of parts look the same.
std::string keyOf(const std::vector<std::string>& parts)
{
    std::string all;
    for (const std::string& part : parts)
        all += std::to_string(part.size()) + ":" + part;
    base::Sha256 sum;
    sum.update(std::vector<std::uint8_t>(all.begin(), all.end()));
    return base::hex(sum.finish());
}

// Quoted where it would otherwise look like two words, or like none.
std::string shownCommand(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words) {
        const bool plain = !word.empty() && word.find_first_of(" \t\n\"'\\") == std::string::npos;
        const std::string cut = word.substr(0, shownWord) + (word.size() > shownWord ? "…" : "");
        text += (text.empty() ? "" : " ") + (plain ? cut : "\"" + cut + "\"");
    }
    return text;
}

// Where kubectl looks: a path with a '/' counts from the kubeconfig's folder.
std::string whereFrom(const std::string& command)
{
    if (command.starts_with('/'))
        return {};
    return command.find('/') != std::string::npos ? "looked up from the kubeconfig's folder"
                                                  : "looked up in PATH";
}

std::string ownText(const io::Fd& file)
{
    std::string text;
    std::array<char, 4'096> part{};
    while (text.size() <= limits::keptConsents * (keyLetters + 1)) {
        const ssize_t got = ::read(file.get(), part.data(), part.size());
        if (got <= 0)
            break;
        text.append(part.data(), static_cast<std::size_t>(got));
    }
    return text;
}

// Ours, and nobody else can have written it.
bool isOurs(const io::Fd& file, struct stat& facts)
{
    return ::fstat(file.get(), &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_uid == ::geteuid()
           && (facts.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

} // namespace

std::vector<ConsentQuestion> consentQuestions(const Access& access, const Context& context)
{
    std::vector<ConsentQuestion> questions;
    const std::string file = kubeconfigOf(access);
    if (!context.login.empty()) {
        const std::string& program = context.login.front();
        ConsentQuestion question;
        question.key = keyOf({"login", file, context.server, context.loginHash});
        question.title =
            "Run " + program.substr(0, shownWord) + " to log in to " + context.name + "?";
        question.text = "The kubeconfig wants this program to be run with your rights:\n"
                        + shownCommand(context.login);
        if (const std::string where = whereFrom(program); !where.empty())
            question.text += "\n(" + where + ")";
        if (!context.loginVariables.empty())
            question.text += "\nIt sets: " + shownCommand(context.loginVariables);
        question.text += "\nFor: " + context.server + "\nFrom: " + file;
        question.refused = "the program that logs in was not allowed to run";
        questions.push_back(std::move(question));
    }
    if (context.insecureSkipTlsVerify) {
        ConsentQuestion question;
        question.key = keyOf({"unchecked", file, context.server});
        question.title = "Connect to " + context.name + " without checking its certificate?";
        question.text =
            "The kubeconfig says insecure-skip-tls-verify: whoever is on the way to "
            + context.server
            + " can read your credentials and all traffic, and change it.\nFrom: " + file;
        question.refused = "a server whose certificate is not checked was not allowed";
        questions.push_back(std::move(question));
    }
    return questions;
}

Consents::Consents(std::string file)
    : m_file(std::move(file))
{
    if (!m_file.empty())
        return;
    const std::string state = environment("XDG_STATE_HOME");
    m_file = (state.starts_with('/') ? state : environment("HOME") + "/.local/state")
             + "/podglass/kubeconfig-consents";
}

bool Consents::given(const std::string& key) const
{
    const io::Fd file(::open(m_file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));

    struct stat facts
    {};

    if (!file || !isOurs(file, facts))
        return false;
    return ("\n" + ownText(file)).find("\n" + key + "\n") != std::string::npos;
}

base::Status Consents::keep(const std::string& key)
{
    const std::string doing = "keep the answer in " + m_file;
    const std::filesystem::path folder = std::filesystem::path(m_file).parent_path();
    std::error_code failed;
    std::filesystem::create_directories(folder.parent_path(), failed);
    if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST)
        return base::systemError(errno, doing);
    const io::Fd file(::open(
        m_file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));

    struct stat facts
    {};

    if (!file)
        return base::systemError(errno, doing);
    if (!isOurs(file, facts))
        return base::Error{.what = "others may write this file",
                           .where = doing,
                           .advice = "remove it; it is made anew"};
    if (static_cast<std::size_t>(facts.st_size) >= limits::keptConsents * (keyLetters + 1))
        return base::Error{.what = "it holds as many answers as are kept",
                           .where = doing,
                           .advice = "remove it; you are asked again"};
    const std::string line = key + "\n";
    if (::write(file.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        return base::systemError(errno, doing);
    return base::Done{};
}

} // namespace podglass::kubernetes
