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
#include <memory>
#include <string>

namespace podglass::agent {

class Listener
{
public:
    using Accepted = std::function<void(io::Fd socket)>;

    static base::Result<std::unique_ptr<Listener>>
    open(io::Loop& loop, const std::string& address, Accepted accepted);

    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener();

    // 127.0.0.1:0 takes any free port; this says which.
    [[nodiscard]] std::string address() const;

private:
    Listener(io::Loop& loop, io::Fd socket, std::string path, Accepted accepted);
    static base::Result<io::Fd> openUnix(const std::string& path);
    static base::Result<io::Fd> openTcp(const std::string& address);
    void watch();
    void onReadable();

    io::Loop& m_loop;
    io::Fd m_socket;
    std::string m_path; // of the Unix socket; removed at the end
    Accepted m_accepted;
};

} // namespace podglass::agent
