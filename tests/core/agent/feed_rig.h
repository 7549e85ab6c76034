// SPDX-License-Identifier: Apache-2.0
// One client's feed between a writer that the test drives and a reader that sums up what it is
// told.
#pragma once

#ifndef Q_MOC_RUN // moc 6.4 cannot read <concepts> as this order of headers brings it in
#include "core/agent/event_feed.h"
#include "core/agent/event_writer.h"
#include "core/wire/codec.h"
#endif

#include <set>

#include <QTest>

namespace podglass::tests {

inline constexpr base::TargetId target{1};
inline constexpr std::uint16_t web = 80;
inline constexpr std::size_t ringBytes = std::size_t{64} * 1024;
inline constexpr std::size_t chunkBytes = std::size_t{4} * 1024;
inline constexpr std::size_t plenty = 1 << 20;

// A writer's side, one client's feed, and what the client made of the frames. The test ends where
// verifyBalance() finds that they disagree.
struct FeedRig
{
    FeedRig()
    {
        feed.follow(ring, target);
        feed.subscribe(target, web, 1 << 30);
    }

    template <typename Body>
    void write(std::uint64_t connection, Body body)
    {
        writer.onEvent({target, {connection}, {}, std::move(body)});
    }

    void open(std::uint64_t connection, std::uint16_t port = web)
    {
        flow::ConnectionOpened opened;
        opened.server.port = port;
        write(connection, opened);
    }

    void head(std::uint64_t connection)
    {
        flow::RequestHead head;
        head.exchange = {++exchange};
        head.method = "GET";
        head.target = "/";
        write(connection, head);
    }

    void body(std::uint64_t connection, std::size_t size)
    {
        flow::BodyData data;
        data.exchange = {exchange};
        data.offset = offset;
        data.data = bytes::ByteView(filler.data(), size);
        offset += size;
        write(connection, data);
    }

    void end(std::uint64_t connection, std::uint64_t length)
    {
        flow::MessageEnd end;
        end.exchange = {exchange};
        end.bodyBytes = length;
        write(connection, end);
        offset = 0;
    }

    void gap(std::uint64_t connection, std::uint64_t length)
    {
        flow::Gap gap;
        gap.length = length;
        write(connection, gap);
    }

    void wish(wire::SetDelivery wanted)
    {
        wanted.target = target;
        wanted.port = web;
        QVERIFY(feed.setDelivery(wanted));
    }

    // The last word on the port.
    wire::DeliveryState share()
    {
        const auto states = feed.deliveries();
        return states.empty() ? wire::DeliveryState{} : states.front();
    }

    void close(std::uint64_t connection) { write(connection, flow::ConnectionClosed{}); }

    // The client takes up to `most` bytes.
    std::size_t take(std::size_t most)
    {
        std::vector<std::uint8_t> out;
        feed.fill(out, most, {});
        withinBounds = withinBounds && out.size() <= most;
        wire::FrameWalk walk(out);
        while (const auto frame = walk.next()) {
            flow::EventBatch batch;
            understood = understood && wire::decodeEvent(*frame, batch);
            for (const flow::Event& event : batch.events)
                receive(event);
        }
        return out.size();
    }

    void takeAll()
    {
        while (take(plenty) > 0) {}
    }

    void receive(const flow::Event& event)
    {
        if (const auto* lost = std::get_if<flow::Lost>(&event.body)) {
            told.lostEvents += lost->events;
            told.lostBytes += lost->bytes;
            budgetEvents += lost->place == flow::LossPlace::Budget ? lost->events : 0;
            if (event.connection)
                lossy.insert(event.connection);
            else
                unattributed += lost->events;
            // Without its head nothing of a message may come.
            if (event.connection && lost->messages > 0)
                inPieces.insert(event.connection);
            return;
        }
        ++told.deliveredEvents;
        told.deliveredBytes += agent::accountedBytes(event);
        if (std::holds_alternative<flow::RequestHead>(event.body))
            ++heads;
        if (const auto* end = std::get_if<flow::MessageEnd>(&event.body))
            withheld = end->bodyBytesWithheld;
        if (const auto* closed = std::get_if<flow::ConnectionClosed>(&event.body))
            lagged += closed->reason == flow::CloseReason::Lagged ? 1U : 0U;
        if (std::holds_alternative<flow::BodyData>(event.body))
            bodyBytes += flow::payloadBytes(event);
        // After the loss of a head a connection goes on with a message's beginning or its end.
        if (flow::beginsMessage(event)
            || std::holds_alternative<flow::ConnectionClosed>(event.body))
            inPieces.erase(event.connection);
        halfMessages += inPieces.contains(event.connection) ? 1U : 0U;
    }

    // Everything was taken: nothing is owed any more.
    void verifyBalance() const
    {
        const agent::Account& account = feed.account();
        QVERIFY(withinBounds);
        QVERIFY(understood);
        QCOMPARE(account.offeredEvents, account.deliveredEvents + account.lostEvents);
        QCOMPARE(account.offeredBytes, account.deliveredBytes + account.lostBytes);
        QCOMPARE(told.deliveredEvents, account.deliveredEvents);
        QCOMPARE(told.deliveredBytes, account.deliveredBytes);
        QCOMPARE(told.lostEvents, account.lostEvents);
        QCOMPARE(told.lostBytes, account.lostBytes);
        QCOMPARE(halfMessages, 0U);
    }

    channel::Ring ring{ringBytes, chunkBytes};
    agent::EventWriter writer{ring};
    agent::EventFeed feed;
    std::vector<std::uint8_t> filler = std::vector<std::uint8_t>(chunkBytes / 2, 'x');
    std::uint64_t exchange = 0;
    std::uint64_t offset = 0;
    agent::Account told;
    std::set<base::ConnectionId> inPieces;
    std::set<base::ConnectionId> lossy;
    std::uint64_t heads = 0;
    std::uint64_t bodyBytes = 0;
    std::uint64_t withheld = 0;
    std::uint64_t lagged = 0;
    std::uint64_t budgetEvents = 0;
    std::uint64_t unattributed = 0;
    std::uint64_t halfMessages = 0;
    bool withinBounds = true;
    bool understood = true;
};

} // namespace podglass::tests
