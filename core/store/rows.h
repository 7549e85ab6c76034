// SPDX-License-Identifier: Apache-2.0
// The rows and what is kept of them, within two limits. Beyond the byte budget the oldest unmarked
// rows lose heads and bodies (then the marked ones, if nothing else is left); beyond the row limit
// the oldest rows go. Both are counted. Thread: one.
#pragma once

#include "core/store/content.h"
#include "core/store/delta.h"
#include "core/store/row.h"

#include <deque>
#include <memory>

namespace podglass::store {

class Rows
{
public:
    Rows(std::size_t rowLimit, std::size_t byteLimit);

    [[nodiscard]] Number first() const { return m_first; }

    [[nodiscard]] Number end() const { return m_first + static_cast<Number>(m_rows.size()); }

    [[nodiscard]] const Row* at(Number number) const;
    // Null for rows that carry none, and after it was dropped.
    [[nodiscard]] const Content* contentOf(Number number) const;

    Number append(const Row& row, std::unique_ptr<Content> content);
    // For changing; notes the change. `number` must be there.
    Row& change(Number number);
    // Null when there is none. Call charge() after growing it.
    Content* content(Number number);
    void charge(Number number, std::size_t bytes);

    // Gives it up, uncounted: whoever asks for that has what he wants of it.
    void forgetContent(Number number);

    // Those below `first` go.
    void dropBelow(Number first);

    Delta takeDelta() { return m_log.take(first(), end()); }

    [[nodiscard]] const StringPool& texts() const { return m_texts; }

    StringPool& texts() { return m_texts; }

    [[nodiscard]] std::size_t bytes() const { return m_bytes; }

    [[nodiscard]] std::size_t byteLimit() const { return m_byteLimit; }

    [[nodiscard]] std::uint64_t strippedRows() const { return m_stripped; }

    [[nodiscard]] std::uint64_t droppedRows() const { return m_dropped; }

private:
    struct Kept
    {
        Row row;
        std::unique_ptr<Content> content;
    };

    void fitBytes();
    void strip(Number number);
    bool stripFrom(Number& cursor, bool markedToo);
    void releaseTexts(const Row& row);
    void popFront();

    std::deque<Kept> m_rows;
    StringPool m_texts;
    DeltaLog m_log;
    Number m_first = 1;
    Number m_stripCursor = 1;       // every unmarked row below has no content
    Number m_stripMarkedCursor = 1; // every row below has no content
    std::size_t m_rowLimit;
    std::size_t m_byteLimit;
    std::size_t m_bytes = 0;
    std::size_t m_unreturned = 0; // dropped since the system was last given back what is free
    std::uint64_t m_stripped = 0;
    std::uint64_t m_dropped = 0;
};

} // namespace podglass::store
