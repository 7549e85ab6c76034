// SPDX-License-Identifier: Apache-2.0
// EventFeed: one client's reading of the rings. Takes the records it subscribed to, in order, and
// decides what happens when it is too slow.
//
// A cursor that is more than half a ring behind skips ahead to a quarter, before the writer can
// overtake it: skipping reads every record's connection and direction, so what is lost is known to
// the byte. Only an io thread that itself stood still is overtaken; that loss has no connection.
// Thread: the io thread. Time passed in.
#pragma once

#include "core/agent/loss_ledger.h"
#include "core/channel/ring.h"
#include "core/wire/message.h"

#include <cstdint>
#include <unordered_set>
#include <vector>

namespace podglass::agent {

class EventFeed
{
public:
    // Starts at the head of `ring`, which outlives the feed or is forgotten first. `target`: whose
    // records are in it; none: several targets' (the proxy's ring).
    void follow(channel::Ring& ring, base::TargetId target);
    void forget(const channel::Ring& ring);

    void subscribe(base::TargetId target, std::uint16_t port);
    void unsubscribe(base::TargetId target, std::uint16_t port);
    [[nodiscard]] bool subscribed(base::TargetId target, std::uint16_t port) const;

    // A frame made by hand for this client (a connection that was open when it subscribed).
    void announce(bytes::ByteView frame);

    // Appends whole frames while they fit into `most` bytes of `out`.
    void fill(std::vector<std::uint8_t>& out, std::size_t most, base::Timestamp at);

    // Bounds the lag of all cursors; called each time a ring was written, even if the client takes
    // nothing.
    void keepUp();

    [[nodiscard]] const Account& account() const { return m_account; }

    [[nodiscard]] wire::LagSample lag(base::Instant now);
    // Encoded bytes not yet read, and the size of the rings: how near loss is.
    [[nodiscard]] std::uint64_t ringSize() const;

private:
    struct Reading
    {
        channel::Ring* ring = nullptr;
        base::TargetId target;
        channel::Ring::Cursor cursor;
    };

    enum class Taken : std::uint8_t
    {
        Record,
        NoRoom,
        AtHead,
    };

    Taken
    takeOne(Reading& reading, std::vector<std::uint8_t>& out, std::size_t most, base::Timestamp at);
    Taken deliver(const channel::Ring::Cursor::Record& record,
                  std::vector<std::uint8_t>& out,
                  std::size_t most,
                  base::Timestamp at);
    void skipAhead(Reading& reading);
    void lose(const channel::Ring::Cursor::Record& record);
    bool noteOverrun(Reading& reading);
    [[nodiscard]] bool wants(const channel::RecordInfo& info) const;

    Account m_account;
    LossLedger m_losses{m_account};
    std::vector<Reading> m_readings;
    std::unordered_set<std::uint64_t> m_ports; // target and port as one number
    std::unordered_set<base::TargetId> m_targets;
    std::vector<std::uint8_t> m_announced;
    std::uint64_t m_announcedEvents = 0;
    std::size_t m_next = 0; // which ring is first in the next fill
};

} // namespace podglass::agent
