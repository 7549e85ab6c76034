// SPDX-License-Identifier: Apache-2.0
// HarFollower: events of any length into a HAR file: an exchange is written when it is over and its
// heads and bodies are freed, so entries stand in the order in which they ended, and memory holds
// what is open. Limits: limits::harWaitingBytes of open exchanges; policy: the oldest lose their
// bytes, counted and said in their entry.
// Thread: one.
#pragma once

#include "core/export/har_writer.h"

namespace podglass::exporting {

class HarFollower : public flow::EventSink
{
public:
    explicit HarFollower(HarWriter& writer);

    void onEvent(const flow::Event& event) override;
    // What is still open is written as it stands; the file gets its name.
    base::Status finish();

    // The first error; nothing is written after it.
    [[nodiscard]] const base::Status& status() const { return m_status; }

private:
    void settle();
    void look(store::Number number);
    void write(store::Number number);

    HarWriter& m_writer;
    store::Store m_store;
    base::Status m_status = base::Done{};
    store::Number m_oldest = 1;  // rows below are written
    std::vector<bool> m_written; // from m_oldest
    unsigned m_events = 0;
};

} // namespace podglass::exporting
