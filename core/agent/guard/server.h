// SPDX-License-Identifier: Apache-2.0
// Server: the guard's side. It owns the packet rules and makes sockets, reads no traffic and
// nothing of what it hands on, and ends with its worker: then every rule goes at once.
//
// Contract: what a line stands for ends when the worker closes it. A redirect whose worker is
// silent for limits::silentWorker is released. Runs on the guard's only thread.
#pragma once

#include "core/agent/guard/line.h"
#include "core/agent/privileges.h"
#include "core/io/loop.h"
#include "core/steal/own_redirect.h"

#include <map>
#include <memory>

#include <sys/types.h>

namespace podglass::agent::guard {

class Server
{
public:
    Server(io::Loop& loop, Line worker, pid_t workerProcess);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    // Until the worker has ended; its wait status. SIGTERM and SIGINT are passed on to it.
    int run();

private:
    struct Conversation
    {
        Line line;
        io::Fd networkNamespace{};                      // of a capture
        std::unique_ptr<steal::OwnRedirect> redirect{}; // of a redirect
        std::array<io::Fd, 2> listening{}; // its listener, so that whoever comes while the
                                           // worker dies waits instead of being refused
        base::Instant heard{};
        bool abandoned = false;
        bool released = false; // its rules are gone, the table translates what was redirected
    };

    void add(Conversation conversation);
    void close(int line);
    void end(int line);
    static base::Status release(Conversation& from);
    void onReadable(int line);
    void answer(Conversation& to, const Request& request, std::vector<io::Fd> descriptors);
    void answerOnLine(Conversation& to, const Request& request);
    void openCapture(Conversation& to, io::Fd networkNamespace);
    void openRedirect(Conversation& to, const Request& request, int networkNamespace);
    void onSignals();
    void onScoutEnd(pid_t scout, bool well);
    void onSecond();

    io::Loop& m_loop;
    pid_t m_worker;
    int m_status = 0;
    io::Fd m_signals;
    std::map<int, Conversation> m_conversations; // by the line's descriptor
    std::map<pid_t, int> m_scouts;               // to the line that waits for them
    HostPrivileges m_privileges;
};

} // namespace podglass::agent::guard
