// SPDX-License-Identifier: Apache-2.0
// Client: the worker's Privileges. Each question is answered within the guard's own calls, so
// nobody waits for a network; a guard that is gone, or silent for some seconds, is an error.
// Thread: the io thread's; a capture door is its capture thread's.
#pragma once

#include "core/agent/guard/line.h"
#include "core/agent/guard/low_slots.h"
#include "core/agent/privileges.h"

namespace podglass::agent::guard {

struct Answer
{
    Reply reply;
    std::vector<io::Fd> descriptors;
};

// One question with a network namespace beside it (-1: none).
base::Result<Answer> ask(const Line& line, const Request& request, int networkNamespace = -1);

class Client : public Privileges
{
public:
    // At the start of the process: it keeps low descriptors free.
    explicit Client(Line line);

    base::Result<std::unique_ptr<steal::Redirect>>
    redirect(int networkNamespace, const steal::RedirectWish& wish) override;
    base::Result<std::vector<io::Fd>>
    markedSockets(int networkNamespace, int family, std::size_t count) override;
    base::Result<std::vector<io::SocketAddress>> addresses(int networkNamespace) override;
    base::Result<steal::ForeignRules> foreignRules(int networkNamespace) override;
    base::Result<steal::OldConnections> endOld(int networkNamespace, std::uint16_t port) override;
    base::Result<std::vector<std::string>> clearDead(int networkNamespace) override;
    base::Result<ResolvedTarget> resolve(const std::string& spec) override;
    wire::TargetList listTargets() override;
    std::vector<wire::ListeningPort> listeningPorts(int networkNamespace,
                                                    const std::string& spec) override;
    base::Result<std::vector<std::uint16_t>> peerPorts(int networkNamespace,
                                                       std::uint16_t port) override;
    base::Result<std::uint32_t> processIn(int networkNamespace, std::uint32_t except) override;
    base::Result<std::unique_ptr<CaptureDoor>> captureDoor(int networkNamespace) override;

    // The guard closes its standard error, so that a road's end need not wait for this agent's.
    void letGoOfErrors();

    // Readable when the guard is gone: nothing else comes unasked.
    [[nodiscard]] int descriptor() const { return m_line.descriptor(); }

private:
    Line m_line;
    std::shared_ptr<LowSlots> m_captures; // the lowest; shared with the capture doors
    std::shared_ptr<LowSlots> m_low;      // shared with the redirects
};

} // namespace podglass::agent::guard
