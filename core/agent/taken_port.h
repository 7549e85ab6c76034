// SPDX-License-Identifier: Apache-2.0
// TakenPort: a port while it is stolen, as a port manager sees it: StolenPort with a real redirect,
// or a test's own. Thread: the io thread.
#pragma once

#include "core/agent/capture_plan.h"
#include "core/base/result.h"
#include "core/steal/steal_port.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace podglass::agent {

class TakenPort
{
public:
    struct Reports
    {
        std::function<void(CaptureCommand)> capture;
        // Comes from inside the TakenPort, which must outlive the call.
        std::function<void(std::uint16_t port, std::string_view why)> gaveUp;
    };

    // Nothing is redirected before start().
    using Make = std::function<std::unique_ptr<TakenPort>(steal::StealSetup setup, Reports)>;

    TakenPort() = default;
    TakenPort(const TakenPort&) = delete;
    TakenPort& operator=(const TakenPort&) = delete;
    virtual ~TakenPort() = default;

    // As those of steal::StealPort.
    virtual base::Status start() = 0;
    virtual void setTakings(std::vector<steal::Taking> takings) = 0;
    virtual void setTls(std::shared_ptr<const io::TlsTermination> tls) = 0;
    virtual void release() = 0;
    virtual void endSilent(base::Duration patience) = 0;
    [[nodiscard]] virtual bool drained() const = 0;
    [[nodiscard]] virtual std::size_t proxied() const = 0;
    [[nodiscard]] virtual steal::TlsCounts tlsCounts() const = 0;
    [[nodiscard]] virtual std::string rulesText() const = 0;
};

} // namespace podglass::agent
