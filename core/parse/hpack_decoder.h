// SPDX-License-Identifier: Apache-2.0
// HpackDecoder: one direction's header compression (RFC 7541) by nghttp2's inflater, with limits.
// A block comes in pieces between begin() and end(); fields() are valid until the next begin().
//
// An observer does not know which SETTINGS the encoder has already obeyed, so every table size up
// to limits::hpackTableBytes is taken as the encoder's size updates say (RFC 7541 4.2).
// Limits: what is decoded beyond limits::headBytes or limits::headFields is left out and flagged
// HeadTooLarge; the table goes on being kept, so later blocks stay readable. All memory is of the
// budget. Errors: broken() stays true, since the table is unknown from there.
#pragma once

#include "core/flow/event.h"
#include "core/parse/memory_budget.h"

#include <memory>
#include <string>
#include <vector>

namespace podglass::parse {

class HpackDecoder
{
public:
    explicit HpackDecoder(MemoryBudget& budget);
    HpackDecoder(const HpackDecoder&) = delete;
    HpackDecoder& operator=(const HpackDecoder&) = delete;
    ~HpackDecoder();

    void begin();
    void feed(bytes::ByteView piece);
    void end();

    // Bytes of a block were missed, or blocks out of order: nothing can be decoded from here.
    void giveUp();

    [[nodiscard]] bool broken() const { return m_broken; }

    // In order, pseudo-header fields included; empty when broken.
    [[nodiscard]] std::span<const flow::HeaderField> fields() const { return m_fields; }

    [[nodiscard]] std::uint16_t flags() const { return m_flags; }

private:
    class Inflater;

    void inflate(bytes::ByteView piece, bool last);
    void store(std::string_view name, std::string_view value);

    MemoryBudget& m_budget;
    std::unique_ptr<Inflater> m_inflater; // made by the first block
    std::string m_text;                   // names and values, one by one
    std::vector<std::uint32_t> m_lengths; // two a field
    std::vector<flow::HeaderField> m_fields;
    std::size_t m_taken = 0; // of the budget, for m_text
    std::uint16_t m_flags = 0;
    bool m_broken = false;
};

} // namespace podglass::parse
