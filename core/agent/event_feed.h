// SPDX-License-Identifier: Apache-2.0
// EventFeed: one client's reading of the rings. Takes the records it subscribed to, in order, and
// decides what happens when it is too slow.
//
// A cursor that is more than three quarters of a ring behind, or more than the client's own budget,
// skips ahead before the writer can overtake it: skipping reads every record's connection and
// direction, so what is lost is known to the byte. Bodies go first: heads, ends, openings and
// closings met on the way are saved, as far as limits::savedHeadBytes go. Only an io thread that
// itself stood still is overtaken; that loss has no connection.
// Thread: the io thread.
#pragma once

#include "core/agent/loss_ledger.h"
#include "core/agent/port_delivery.h"
#include "core/channel/ring.h"
#include "core/wire/message.h"

#include <cstdint>
#include <memory>
#include <unordered_map>
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

    // `bodyLimit`: bytes of each body for this client, 0 the default. Again: a new limit.
    void subscribe(base::TargetId target, std::uint16_t port, std::uint64_t bodyLimit = 0);
    void unsubscribe(base::TargetId target, std::uint16_t port);
    [[nodiscard]] bool subscribed(base::TargetId target, std::uint16_t port) const;

    // False: the port is not subscribed.
    bool setDelivery(const wire::SetDelivery& wish);
    // What the client is to be told this second.
    std::vector<wire::DeliveryState> deliveries();

    // The agent is short of memory: at most limits::ringChunkBytes may wait for this client.
    void squeeze(bool on) { m_squeezed = on; }

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
    using Record = channel::Ring::Cursor::Record;

    struct Reading
    {
        channel::Ring* ring = nullptr;
        base::TargetId target;
        std::unique_ptr<channel::Ring::Cursor> cursor;
    };

    enum class Taken : std::uint8_t
    {
        Record,
        NoRoom,
        AtHead,
    };

    Taken
    takeOne(Reading& reading, std::vector<std::uint8_t>& out, std::size_t most, base::Timestamp at);
    Taken deliver(const Record& record,
                  PortDelivery* port,
                  std::vector<std::uint8_t>& out,
                  std::size_t most,
                  base::Timestamp at);
    bool writeSaved(std::vector<std::uint8_t>& out, std::size_t most);
    void skipAhead(Reading& reading, std::uint64_t keep);
    void shed(const Record& record, PortDelivery* port);
    bool save(const Record& record, PortDelivery* port);
    bool leaveOut(const Record& record, PortDelivery* port);
    bool closed(const Record& record, PortDelivery* port);
    void close(const Record& record);
    void lose(const Record& record, PortDelivery* port, flow::LossPlace place);
    void offer(const channel::RecordInfo& info, PortDelivery* port, bool leftOut = false);
    bool noteOverrun(Reading& reading);
    // The record as this client gets it; none: it is all beyond the client's body limit.
    std::optional<Record> shaped(const Record& record, const PortDelivery* port);
    // Null and true: of the target as a whole. False: not subscribed.
    [[nodiscard]] bool find(const channel::RecordInfo& info, PortDelivery*& port);
    [[nodiscard]] std::uint64_t lagLimit(const Reading& reading) const;

    Account m_account;
    LossLedger m_losses{m_account};
    std::vector<Reading> m_readings;
    std::unordered_map<std::uint64_t, PortDelivery> m_ports; // by target and port as one number
    std::uint64_t m_lastKey = 0; // in m_ports, of the last record: the next is most often the same
    PortDelivery* m_lastPort = nullptr;
    std::uint64_t m_lagBytes = 0; // the smallest that any port's wish names; 0: none
    bool m_squeezed = false;
    std::unordered_set<base::ConnectionId> m_closed; // for this client only, since it lagged
    std::vector<std::uint8_t> m_cut;                 // a frame with this client's body limit
    std::vector<std::uint8_t> m_saved;               // whole frames; the first m_savedRead are out
    std::size_t m_savedRead = 0;
    std::unordered_set<base::TargetId> m_targets;
    std::vector<std::uint8_t> m_announced;
    std::uint64_t m_announcedEvents = 0;
    std::size_t m_next = 0; // which ring is first in the next fill
};

} // namespace podglass::agent
