// SPDX-License-Identifier: Apache-2.0
// Loaded in front of the C library (LD_PRELOAD), this makes system calls of Podglass's own programs
// as unkind as POSIX allows (F23): reads and writes of a few bytes, EINTR, EAGAIN where a
// descriptor is non-blocking, connections that are gone when they are accepted. Results must not
// change. Others that inherit the variable are left alone.
// PODGLASS_SHIM: seed of the pattern, which is the same in every run.
// PODGLASS_SHIM_REFUSES: a file for which there is no descriptor (EMFILE).
// PODGLASS_SHIM_TOLD: a file that gets the number of unkind answers when the program ends.
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

template <typename Function>
Function* next(const char* name)
{
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

std::atomic<std::uint64_t> unkindAnswers = 0;

// Found out at once: later a program may not be allowed to.
const bool isOurs = [] {
    char path[4096] = {};
    const ssize_t length = ::readlink("/proc/self/exe", path, sizeof path - 1);
    const char* name = length > 0 ? std::strrchr(path, '/') : nullptr;
    return name != nullptr && std::strncmp(name, "/podglass", 9) == 0;
}();

bool ours()
{
    return isOurs;
}

// xorshift; of all threads together.
std::uint32_t dice()
{
    static std::atomic<std::uint32_t> state = [] {
        const char* seed = std::getenv("PODGLASS_SHIM");
        return static_cast<std::uint32_t>(seed == nullptr ? 1 : std::atoi(seed)) * 2654435761U | 1U;
    }();
    std::uint32_t old = state.load();
    std::uint32_t mixed = 0;
    do {
        mixed = old ^ (old << 13U);
        mixed ^= mixed >> 17U;
        mixed ^= mixed << 5U;
    } while (!state.compare_exchange_weak(old, mixed));
    return mixed >> 8U;
}

// Only what is a stream of bytes may come in pieces.
bool isStream(int fd)
{
    struct stat what = {};
    if (::fstat(fd, &what) != 0)
        return false;
    if (S_ISREG(what.st_mode) || S_ISFIFO(what.st_mode))
        return true;
    int type = 0;
    socklen_t size = sizeof type;
    return S_ISSOCK(what.st_mode) && ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0
           && type == SOCK_STREAM;
}

// True: the call fails, errno is set.
bool fails(int fd)
{
    const std::uint32_t thrown = dice() % 16;
    if (thrown < 2) {
        ++unkindAnswers;
        errno = EINTR;
        return true;
    }
    struct stat what = {};
    if (thrown < 4 && (::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0 && ::fstat(fd, &what) == 0
        && !S_ISREG(what.st_mode)) { // which is always ready
        ++unkindAnswers;
        errno = EAGAIN;
        return true;
    }
    return false;
}

std::size_t fewer(std::size_t count)
{
    if (count < 2)
        return count;
    constexpr std::uint32_t most[] = {1, 7, 300, 5'000, 100'000};
    const std::size_t few = 1 + dice() % most[dice() % 5];
    if (few >= count)
        return count;
    ++unkindAnswers;
    return few;
}

// Whether the call is to be made unkind, and how.
bool unkind(int fd)
{
    const int before = errno;
    const bool is = ours() && isStream(fd);
    errno = before;
    return is;
}

struct AtEnd
{
    AtEnd() = default;
    AtEnd(const AtEnd&) = delete;
    AtEnd& operator=(const AtEnd&) = delete;

    ~AtEnd()
    {
        const char* path = std::getenv("PODGLASS_SHIM_TOLD");
        std::FILE* file = path == nullptr || !ours() ? nullptr : std::fopen(path, "we");
        if (file == nullptr)
            return;
        (void)std::fprintf(file, "%llu", static_cast<unsigned long long>(unkindAnswers.load()));
        (void)std::fclose(file);
    }
};

const AtEnd atEnd;

} // namespace

extern "C" {

ssize_t read(int fd, void* into, std::size_t count)
{
    static auto* const real = next<ssize_t(int, void*, std::size_t)>("read");
    if (!unkind(fd))
        return real(fd, into, count);
    return fails(fd) ? -1 : real(fd, into, fewer(count));
}

ssize_t write(int fd, const void* from, std::size_t count)
{
    static auto* const real = next<ssize_t(int, const void*, std::size_t)>("write");
    if (!unkind(fd))
        return real(fd, from, count);
    return fails(fd) ? -1 : real(fd, from, fewer(count));
}

ssize_t recv(int fd, void* into, std::size_t count, int flags)
{
    static auto* const real = next<ssize_t(int, void*, std::size_t, int)>("recv");
    if (!unkind(fd) || (flags & MSG_PEEK) != 0)
        return real(fd, into, count, flags);
    return fails(fd) ? -1 : real(fd, into, fewer(count), flags);
}

ssize_t send(int fd, const void* from, std::size_t count, int flags)
{
    static auto* const real = next<ssize_t(int, const void*, std::size_t, int)>("send");
    if (!unkind(fd))
        return real(fd, from, count, flags);
    return fails(fd) ? -1 : real(fd, from, fewer(count), flags);
}

int open(const char* path, int flags, ...)
{
    static auto* const real = next<int(const char*, int, ...)>("open");
    std::va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    const char* refused = std::getenv("PODGLASS_SHIM_REFUSES");
    if (ours() && refused != nullptr && std::strcmp(path, refused) == 0) {
        errno = EMFILE;
        return -1;
    }
    return real(path, flags, mode);
}

int accept4(int fd, sockaddr* address, socklen_t* length, int flags)
{
    static auto* const real = next<int(int, sockaddr*, socklen_t*, int)>("accept4");
    if (ours()) {
        constexpr int reasons[] = {ECONNABORTED, EINTR, EAGAIN};
        if (const std::uint32_t thrown = dice() % 8; thrown < 3) {
            errno = reasons[thrown];
            return -1;
        }
    }
    return real(fd, address, length, flags);
}

int epoll_wait(int epoll, epoll_event* events, int most, int timeout)
{
    static auto* const real = next<int(int, epoll_event*, int, int)>("epoll_wait");
    if (ours() && dice() % 8 == 0) {
        errno = EINTR;
        return -1;
    }
    return real(epoll, events, ours() && most > 1 ? 1 : most, timeout);
}
}
