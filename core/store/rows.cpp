// SPDX-License-Identifier: Apache-2.0
#include "core/store/rows.h"

#include <algorithm>
#include <malloc.h>

namespace podglass::store {

namespace {

// Giving back takes milliseconds: not for every row.
constexpr std::size_t returnedAtOnce = std::size_t{32} << 20;

} // namespace

Rows::Rows(std::size_t rowLimit, std::size_t byteLimit)
    : m_rowLimit(rowLimit)
    , m_byteLimit(byteLimit)
{}

const Row* Rows::at(Number number) const
{
    return number >= m_first && number < end() ? &m_rows[number - m_first].row : nullptr;
}

const Content* Rows::contentOf(Number number) const
{
    return number >= m_first && number < end() ? m_rows[number - m_first].content.get() : nullptr;
}

Number Rows::append(const Row& row, std::unique_ptr<Content> content)
{
    const Number number = end();
    const std::size_t cost = content ? content->cost : 0;
    m_rows.push_back({row, std::move(content)});
    m_bytes += cost;
    if (m_rows.size() > m_rowLimit) {
        popFront();
        ++m_dropped;
    }
    fitBytes();
    return number;
}

Row& Rows::change(Number number)
{
    m_log.changed(number);
    return m_rows[number - m_first].row;
}

Content* Rows::content(Number number)
{
    return number >= m_first && number < end() ? m_rows[number - m_first].content.get() : nullptr;
}

void Rows::charge(Number number, std::size_t bytes)
{
    Content* kept = content(number);
    if (kept == nullptr)
        return;
    kept->cost += bytes;
    m_bytes += bytes;
    fitBytes();
}

void Rows::dropBelow(Number first)
{
    while (m_first < std::min(first, end()))
        popFront();
    m_stripCursor = std::max(m_stripCursor, m_first);
    m_stripMarkedCursor = std::max(m_stripMarkedCursor, m_first);
}

void Rows::popFront()
{
    Kept& kept = m_rows.front();
    if (kept.content)
        m_bytes -= kept.content->cost;
    releaseTexts(kept.row);
    m_rows.pop_front();
    ++m_first;
}

void Rows::releaseTexts(const Row& row)
{
    m_texts.release(row.method);
    m_texts.release(row.path);
    m_texts.release(row.host);
}

void Rows::fitBytes()
{
    const std::size_t before = m_bytes;
    while (m_bytes > m_byteLimit)
        if (!stripFrom(m_stripCursor, false) && !stripFrom(m_stripMarkedCursor, true))
            break;
    m_unreturned += before - m_bytes;
    if (m_unreturned < returnedAtOnce)
        return;
    // What was kept side by side is free side by side, but in the middle of the heap: the C library
    // keeps it for pieces that fit, and a window of 512 MiB took 1.1 GiB.
    ::malloc_trim(0);
    m_unreturned = 0;
}

// Takes the content of the next row at or after `cursor`; false when none has any.
bool Rows::stripFrom(Number& cursor, bool markedToo)
{
    for (cursor = std::max(cursor, m_first); cursor < end(); ++cursor) {
        Kept& kept = m_rows[cursor - m_first];
        if (!kept.content || (!markedToo && (kept.row.flags & RowMarked) != 0))
            continue;
        strip(cursor);
        ++m_stripped;
        return true;
    }
    return false;
}

void Rows::forgetContent(Number number)
{
    if (contentOf(number) != nullptr)
        strip(number);
}

void Rows::strip(Number number)
{
    Kept& kept = m_rows[number - m_first];
    m_bytes -= kept.content->cost;
    kept.content.reset();
    kept.row.flags |= RowBytesDropped;
    m_log.changed(number);
}

} // namespace podglass::store
