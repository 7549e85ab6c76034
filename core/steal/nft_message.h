// SPDX-License-Identifier: Apache-2.0
// NftBatch: one nfnetlink transaction for nf_tables, written byte by byte. All of its messages take
// effect together or none does. Each message has a name in words, for the error of its answer.
//
// Contract: between begin() and the next begin() or finish(), attributes go to the message begun.
// Numbers of nf_tables attributes are in network order unless the method says otherwise.
// Source: netlink(7), linux/netfilter/nfnetlink.h, linux/netfilter/nf_tables.h.
#pragma once

#include "core/bytes/view.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace podglass::steal {

class NftBatch
{
public:
    // `family`: NFPROTO_INET unless somebody else's rules are asked for.
    explicit NftBatch(std::uint32_t firstSequence, std::uint8_t family = 1);

    // NFT_MSG_*, NLM_F_* besides REQUEST and ACK. `what` is shown when the kernel refuses.
    void begin(std::uint16_t type, std::uint16_t flags, std::string what);

    void text(std::uint16_t attribute, std::string_view value); // with its ending zero
    void number(std::uint16_t attribute, std::uint32_t value);
    void longNumber(std::uint16_t attribute, std::uint64_t value);
    void raw(std::uint16_t attribute, bytes::ByteView value);

    template <typename Inside>
    void nested(std::uint16_t attribute, Inside inside)
    {
        const std::size_t at = openNest(attribute);
        inside();
        closeNest(at);
    }

    // Closes the transaction; nothing can be added any more.
    void finish();

    [[nodiscard]] bytes::ByteView bytes() const { return m_bytes; }

    // The words of the message with this sequence number; of the whole if it is none of ours.
    [[nodiscard]] std::string_view what(std::uint32_t sequence) const;

    [[nodiscard]] std::size_t messages() const { return m_what.size(); }

    [[nodiscard]] std::uint32_t nextSequence() const { return m_sequence; }

private:
    void header(std::uint16_t type, std::uint16_t flags, std::uint16_t resource);
    void closeMessage();
    std::size_t openNest(std::uint16_t attribute);
    void closeNest(std::size_t at);
    void pad();

    std::vector<std::uint8_t> m_bytes;
    std::vector<std::string> m_what; // of the messages between begin and end
    std::uint32_t m_first;
    std::uint32_t m_sequence;
    std::uint8_t m_family;
    std::size_t m_message = 0; // where the open message starts
};

} // namespace podglass::steal
