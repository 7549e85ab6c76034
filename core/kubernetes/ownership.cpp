// SPDX-License-Identifier: Apache-2.0
#include "core/kubernetes/ownership.h"

#include "core/base/digest.h"

#include <array>
#include <fstream>
#include <iterator>
#include <vector>

#include <sys/random.h>
#include <unistd.h>

namespace podglass::kubernetes {

namespace {

std::string firstLine(const std::string& path)
{
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

std::string pidNamespace()
{
    std::array<char, 64> text{};
    const ssize_t length = ::readlink("/proc/self/ns/pid", text.data(), text.size());
    return length > 0 ? std::string(text.data(), static_cast<std::size_t>(length)) : "unknown";
}

// Field 22 of /proc/PID/stat; the second field holds a name in brackets that may hold anything.
std::string startOf(const std::string& pid)
{
    const std::string line = firstLine("/proc/" + pid + "/stat");
    const std::size_t bracket = line.rfind(')');
    if (bracket == std::string::npos)
        return {};
    std::size_t at = bracket + 1;
    for (int field = 2; field < 21 && at != std::string::npos; ++field)
        at = line.find(' ', at + 1);
    if (at == std::string::npos)
        return {};
    return line.substr(at + 1, line.find(' ', at + 1) - at - 1);
}

std::vector<std::string> parts(const std::string& text)
{
    std::vector<std::string> found;
    std::size_t at = 0;
    for (;;) {
        const std::size_t end = text.find('/', at);
        found.push_back(text.substr(at, end - at));
        if (end == std::string::npos)
            return found;
        at = end + 1;
    }
}

} // namespace

std::string randomName(std::size_t length)
{
    constexpr std::string_view letters = "abcdefghijkmnpqrstuvwxyz23456789"; // 32 of them
    std::vector<std::uint8_t> bytes(length);
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(length))
        return {};
    std::string name;
    for (const std::uint8_t byte : bytes)
        name += letters[byte % letters.size()];
    return name;
}

Ownership makeOwnership()
{
    const std::string who =
        "podglass owner " + firstLine("/etc/machine-id") + " " + std::to_string(::getuid());
    base::Sha256 sum;
    sum.update(std::vector<std::uint8_t>(who.begin(), who.end()));
    const std::string pid = std::to_string(::getpid());
    Ownership mine;
    mine.owner = base::hex(sum.finish()).substr(0, 16);
    mine.session = randomName(12);
    mine.process = firstLine("/proc/sys/kernel/random/boot_id") + "/" + pidNamespace() + "/" + pid
                   + "/" + startOf(pid);
    return mine;
}

bool processIsGone(const std::string& process)
{
    const auto all = parts(process);
    if (all.size() != 4 || all[0].empty() || all[3].empty())
        return false;
    return all[0] == firstLine("/proc/sys/kernel/random/boot_id") && all[1] == pidNamespace()
           && startOf(all[2]) != all[3];
}

} // namespace podglass::kubernetes
