// SPDX-License-Identifier: Apache-2.0
// A peer for the benchmarks: libssh2 with nothing around it. Logs in with a key, has the server
// connect to a port of its own (direct-tcpip), reads until the end and counts.
//   ssh2_reader PORT KEY CIPHER MAC PORT-THERE     prints bytes and seconds since the first of them
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <libssh2.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace {

constexpr std::size_t readBytes = 64 * 1024;

int connectTo(int port)
{
    const int found = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* plain = reinterpret_cast<const sockaddr*>(&address);
    return ::connect(found, plain, sizeof address) == 0 ? found : -1;
}

int fail(LIBSSH2_SESSION* session, const char* what)
{
    char* words = nullptr;
    libssh2_session_last_error(session, &words, nullptr, 0);
    std::fprintf(stderr, "ssh2_reader: %s: %s\n", what, words != nullptr ? words : "");
    return 1;
}

int count(LIBSSH2_CHANNEL* channel)
{
    std::array<char, readBytes> room{};
    unsigned long long bytes = 0;
    auto first = std::chrono::steady_clock::now();
    for (;;) {
        const ssize_t got = libssh2_channel_read(channel, room.data(), room.size());
        if (got <= 0)
            break;
        if (bytes == 0)
            first = std::chrono::steady_clock::now();
        bytes += static_cast<unsigned long long>(got);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - first;
    std::printf("%llu %.4f\n", bytes, took.count());
    return 0;
}

} // namespace

int main(int words, char** word)
{
    if (words != 6) {
        std::fputs("ssh2_reader PORT KEY CIPHER MAC PORT-THERE\n", stderr);
        return 2;
    }
    const int socket = connectTo(std::atoi(word[1]));
    if (socket < 0 || libssh2_init(0) != 0)
        return 1;
    LIBSSH2_SESSION* session = libssh2_session_init();
    for (const int direction : {LIBSSH2_METHOD_CRYPT_CS, LIBSSH2_METHOD_CRYPT_SC})
        libssh2_session_method_pref(session, direction, word[3]);
    for (const int direction : {LIBSSH2_METHOD_MAC_CS, LIBSSH2_METHOD_MAC_SC})
        libssh2_session_method_pref(session, direction, word[4]);
    if (libssh2_session_handshake(session, socket) != 0)
        return fail(session, "handshake");
    const std::string publicKey = std::string(word[2]) + ".pub";
    if (libssh2_userauth_publickey_fromfile(session, "root", publicKey.c_str(), word[2], "") != 0)
        return fail(session, "log in");
    LIBSSH2_CHANNEL* channel =
        libssh2_channel_direct_tcpip_ex(session, "127.0.0.1", std::atoi(word[5]), "127.0.0.1", 1);
    if (channel == nullptr)
        return fail(session, "connect there");
    return count(channel);
}
