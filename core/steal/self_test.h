// SPDX-License-Identifier: Apache-2.0
// SelfTest: before a steal counts as started, marked connections to the service by every address of
// the target. One that arrives at our own listener shows that the mark does not protect.
// Thread: the loop's, which waits at most `patience` in wait().
#pragma once

#include "core/base/time.h"
#include "core/steal/upstream.h"

#include <cstdint>
#include <vector>

namespace podglass::steal {

class SelfTest
{
public:
    // `addresses` of the target.
    SelfTest(const std::vector<io::SocketAddress>& addresses,
             std::uint16_t port,
             UpstreamSockets& upstreams,
             OwnSockets& own);
    SelfTest(const SelfTest&) = delete;
    SelfTest& operator=(const SelfTest&) = delete;
    ~SelfTest();

    // Until every probe is answered or refused. The caller then looks at what its listener has.
    void wait(base::Duration patience);

    [[nodiscard]] std::size_t probes() const { return m_probes.size(); }

private:
    struct Probe
    {
        io::Fd socket;
        flow::Endpoint end;
    };

    OwnSockets& m_own;
    std::vector<Probe> m_probes;
};

} // namespace podglass::steal
