// SPDX-License-Identifier: Apache-2.0
// What the server says before encryption begins: its banner and its first KEXINIT. libssh2 keeps
// both to itself and answers a failed negotiation with a bare number; we look at the same bytes to
// name the reason. Bounded, and only for words: nothing is decided by it.
// Source: RFC 4253 sections 4.2, 6, 7.1.
#pragma once

#include <string>
#include <vector>

namespace podglass::ssh {

class ServerOffer
{
public:
    // Bytes as received from the server.
    void feed(const char* bytes, std::size_t count);

    [[nodiscard]] std::string banner() const; // "SSH-2.0-OpenSSH_9.2p1"; printable only

    // The host key algorithms offered; empty: not (yet) known.
    [[nodiscard]] std::vector<std::string> hostKeyAlgorithms() const;

private:
    std::string m_bytes;
};

} // namespace podglass::ssh
