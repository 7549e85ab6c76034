// SPDX-License-Identifier: Apache-2.0
// Listening TCP ports and addresses of one network namespace, from the text files of /proc/PID/net.
// Plain text in, values out; lines that do not fit are skipped. Source: proc(5), the kernel's
// tcp4_seq_show, fib_trie_seq_show and if6_seq_show.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace podglass::agent {

struct ListeningSocket
{
    std::uint16_t port = 0;
    std::string address;
    std::uint64_t inode = 0; // of the socket

    bool operator==(const ListeningSocket&) const = default;
};

std::vector<ListeningSocket> listenersIn(std::string_view tcpFile, bool version6);

// The ports on the other side of connections of `port`, those being opened or closed included;
// each once, ascending.
std::vector<std::uint16_t> peerPortsIn(std::string_view tcpFile, std::uint16_t port);

// Without loopback (127/8, ::1) and link-local addresses: those tell nobody where a pod is.
std::vector<std::string> addressesInFibTrie(std::string_view fibTrie);
std::vector<std::string> addressesInIfInet6(std::string_view ifInet6);

} // namespace podglass::agent
