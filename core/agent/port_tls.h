// SPDX-License-Identifier: Apache-2.0
// PortTls: which certificate each client gave for each port of one target. The keys are in the
// terminations only, and go with the client, with its wish to steal, or with SetTls without one.
// Thread: the io thread.
#pragma once

#include "core/io/tls.h"
#include "core/wire/message.h"

#include <map>
#include <string>
#include <utility>

namespace podglass::agent {

class PortTls
{
public:
    using Termination = std::shared_ptr<const io::TlsTermination>;

    // `make` empty: this agent cannot.
    void set(base::ClientId client, const wire::SetTls& wish, const io::MakeTlsTermination& make);
    void forget(base::ClientId client, std::uint16_t port);

    // What the client wants of it; null: nothing.
    [[nodiscard]] Termination of(base::ClientId client, std::uint16_t port) const;
    // Why the client's last one cannot be used, once; what was there before stays. Empty: it can.
    std::string takeProblem(base::ClientId client, std::uint16_t port);

private:
    struct Entry
    {
        Termination termination;
        std::string problem;
    };

    using Key = std::pair<std::uint64_t, std::uint16_t>;

    [[nodiscard]] std::size_t held() const;
    [[nodiscard]] const Entry* find(base::ClientId client, std::uint16_t port) const;

    std::map<Key, Entry> m_entries;
};

} // namespace podglass::agent
