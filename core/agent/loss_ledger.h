// SPDX-License-Identifier: Apache-2.0
// LossLedger: what one client was offered and did not get, by connection and direction, until it
// has been told. Loss is data: everything noted here comes out once as flow::Lost.
//
// A connection that lost a head or an end stays "losing" until its next message begins, so that the
// client never sees half a message without knowing; one that lost data of bodies only goes on with
// a Lost in its place. Its opening and closing are not lost but owed, unless both fell into the
// loss. Above its limit the ledger merges connections into "connection 0".
// Thread: the io thread. Pure: no I/O, no clock.
#pragma once

#include "core/channel/ring.h"
#include "core/flow/event.h"

#include <array>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

namespace podglass::agent {

// What a client was offered, got and lost. offered = delivered + lost + what is owed, always.
struct Account
{
    std::uint64_t offeredEvents = 0;
    std::uint64_t offeredBytes = 0;
    std::uint64_t deliveredEvents = 0;
    std::uint64_t deliveredBytes = 0;
    std::uint64_t lostEvents = 0;
    std::uint64_t lostBytes = 0;
};

class LossLedger
{
public:
    explicit LossLedger(Account& account)
        : m_account(account)
    {}

    // Nothing of it but a message's beginning or the connection's end may be delivered.
    [[nodiscard]] bool losing(base::ConnectionId connection) const
    {
        const auto found = m_entries.find(connection);
        return found != m_entries.end() && found->second.losing;
    }

    [[nodiscard]] flow::LossPlace cause(base::ConnectionId connection) const
    {
        const auto found = m_entries.find(connection);
        return found != m_entries.end() ? found->second.cause : flow::LossPlace::Agent;
    }

    // settle() must come before anything of it is delivered.
    [[nodiscard]] bool lostSomething(base::ConnectionId connection) const
    {
        return !m_entries.empty() && m_entries.contains(connection);
    }

    // A record that the client does not get. The record must be of a subscribed port.
    void note(const channel::Ring::Cursor::Record& record,
              flow::LossPlace place = flow::LossPlace::Agent);

    // The same for a part of a body, whose message goes on.
    void noteBulk(const channel::Ring::Cursor::Record& record, flow::LossPlace place);

    // The same, to be told without its connection.
    void noteAside(const channel::Ring::Cursor::Record& record, flow::LossPlace place);

    // Behind a noted loss: nothing more of the record's connection will be delivered, it ends here
    // with `closing`, an encoded ConnectionClosed that is charged as one more event.
    void end(const channel::Ring::Cursor::Record& record, bytes::ByteView closing);

    // An overrun of a ring: nobody knows whose records they were. The end of a connection may be
    // among them, so openings that are owed are not kept back for its next message.
    void noteUnknown(base::TargetId target, const channel::Totals& totals);

    // Appends what is due to `out`, as frames, and stops when `out` would exceed `most`. True: all
    // of it was written.
    bool report(std::vector<std::uint8_t>& out, std::size_t most, base::Timestamp at);

    // The same for one connection, whose next message begins: it is not losing any more. False: no
    // room, nothing changed.
    bool settle(base::ConnectionId connection,
                std::vector<std::uint8_t>& out,
                std::size_t most,
                base::Timestamp at);

    [[nodiscard]] bool due() const { return m_due != 0 || !m_notes.empty(); }

private:
    struct Count
    {
        std::uint64_t events = 0;
        std::uint64_t messages = 0;
        std::uint64_t bytes = 0;
    };

    static constexpr std::array places{flow::LossPlace::Agent, flow::LossPlace::Budget};

    struct Entry
    {
        base::TargetId target;
        std::array<std::array<Count, 2>, places.size()> lost; // per place and Direction
        std::vector<std::uint8_t> opening;                    // owed, encoded
        std::vector<std::uint8_t> closing;
        bool openingDue = false; // nothing may come that settles it: told with the next report
        bool losing = false;
        flow::LossPlace cause = flow::LossPlace::Agent; // of losing
        bool over = false; // the connection ended: nothing of it will come
    };

    Entry& entryOf(base::TargetId target, base::ConnectionId connection);
    void addLoss(Entry& entry,
                 flow::Direction direction,
                 const Count& count,
                 flow::LossPlace place = flow::LossPlace::Agent);
    static bool isDue(const Entry& entry);
    static std::size_t sizeOf(const Entry& entry);
    void write(base::ConnectionId connection,
               Entry& entry,
               std::vector<std::uint8_t>& out,
               base::Timestamp at);
    void dropOwed(Entry& entry);
    bool writeNotes(std::vector<std::uint8_t>& out, std::size_t most);

    Account& m_account;
    std::unordered_map<base::ConnectionId, Entry> m_entries;
    std::size_t m_due = 0; // entries with something to report
    // What is said of a target as a whole (the kernel's drops) is owed too, never lost itself.
    std::vector<std::uint8_t> m_notes;
    std::uint64_t m_noteCount = 0;
};

} // namespace podglass::agent
