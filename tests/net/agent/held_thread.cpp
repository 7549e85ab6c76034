// SPDX-License-Identifier: Apache-2.0
#include "held_thread.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>

namespace podglass::test {

namespace {

constexpr int captureNice = 5;

std::vector<pid_t> numbersIn(const std::filesystem::path& directory)
{
    std::vector<pid_t> numbers;
    std::error_code gone;
    for (const auto& entry : std::filesystem::directory_iterator(directory, gone))
        numbers.push_back(std::stoi(entry.path().filename().string()));
    return numbers;
}

std::vector<pid_t> childrenOf(pid_t process)
{
    const std::filesystem::path tasks = "/proc/" + std::to_string(process) + "/task";
    std::vector<pid_t> children;
    for (const pid_t thread : numbersIn(tasks)) {
        std::ifstream list(tasks / std::to_string(thread) / "children");
        for (pid_t child = 0; list >> child;)
            children.push_back(child);
    }
    return children;
}

bool hold(pid_t thread)
{
    return ::ptrace(PTRACE_SEIZE, thread, nullptr, nullptr) == 0
           && ::ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr) == 0
           && ::waitpid(thread, nullptr, __WALL) == thread;
}

} // namespace

std::optional<HeldThread> HeldThread::niceOneUnder(pid_t process)
{
    std::vector<pid_t> processes = childrenOf(process);
    processes.push_back(process);
    for (const pid_t one : processes) {
        for (const pid_t thread : numbersIn("/proc/" + std::to_string(one) + "/task")) {
            if (::getpriority(PRIO_PROCESS, static_cast<id_t>(thread)) == captureNice
                && hold(thread))
                return HeldThread(thread);
        }
    }
    return std::nullopt;
}

HeldThread::HeldThread(HeldThread&& other) noexcept
    : m_thread(std::exchange(other.m_thread, 0))
{}

HeldThread::~HeldThread()
{
    if (m_thread != 0)
        ::ptrace(PTRACE_DETACH, m_thread, nullptr, nullptr);
}

} // namespace podglass::test
