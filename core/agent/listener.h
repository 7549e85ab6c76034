// SPDX-License-Identifier: Apache-2.0
// Listener: where clients reach an agent that was not started by one of them.
//
// unix:PATH — a socket with mode 0600 in a directory that only its owner can enter (made if it is
// missing); the peer must be the same user or root (SO_PEERCRED). 127.0.0.1:PORT or [::1]:PORT —
// any process of the host can connect, so the secret alone decides. Other addresses are refused.
// Thread: the io thread. Source: unix(7), ip(7).
#pragma once

#include "core/base/result.h"
#include "core/io/loop.h"

#include <functional>
#include <string>

namespace podglass::agent {

class Listener
{
public:
    using Accepted = std::function<void(io::Fd socket)>;

    // A socket that listens, before there is a loop.
    struct Bound
    {
        io::Fd socket;
        std::string path;   // of the Unix socket; whoever bound it removes it
        unsigned owner = 0; // the user who may connect

        [[nodiscard]] std::string
        address() const; // 127.0.0.1:0 took any free port: this says which
    };

    static base::Result<Bound> bind(const std::string& address);

    Listener(io::Loop& loop, Bound bound, Accepted accepted);
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener();

private:
    static base::Result<io::Fd> openUnix(const std::string& path);
    static base::Result<io::Fd> openTcp(const std::string& address);
    void watch();
    void onReadable();

    io::Loop& m_loop;
    Bound m_bound;
    Accepted m_accepted;
};

} // namespace podglass::agent
