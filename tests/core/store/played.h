// SPDX-License-Identifier: Apache-2.0
// A store and what it was told: a capture of real peers (tests/golden/record_peers.py), or by hand
// what no peer does on demand.
#pragma once

#include "core/store/messages.h"

#include "tests/support/capture_play.h"

#include <QTest>

namespace podglass::tests {

class Played : public flow::EventSink
{
public:
    explicit Played(const char* name)
    {
        whole = playCapture(PODGLASS_GOLDEN + std::string("/peers/") + name + "/input.pcap", *this);
    }

    Played() = default;

    void onEvent(const flow::Event& event) override { store.apply(event); }

    void add(flow::Body body, std::int64_t milliseconds = 0)
    {
        store.apply(flow::Event{{1}, {1}, {milliseconds * 1'000'000}, std::move(body)});
    }

    [[nodiscard]] std::deque<store::MessageItem> messages(store::Number row) const
    {
        store::MessageReader reader;
        reader.update(store, row);
        return reader.items();
    }

    [[nodiscard]] std::string text(store::TextId id) const
    {
        return std::string(store.rows().texts().text(id));
    }

    store::Store store;
    bool whole = false;
};

inline flow::MessageEnd ended(flow::Direction direction,
                              flow::MessageFate fate = flow::MessageFate::Complete,
                              std::uint64_t bytes = 0)
{
    return {{1}, direction, fate, bytes, 0, {}};
}

} // namespace podglass::tests
