// SPDX-License-Identifier: Apache-2.0
#include "core/steal/nft_message.h"

#include "core/bytes/cursor.h"

#include <cstring>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

namespace podglass::steal {

NftBatch::NftBatch(std::uint32_t firstSequence, std::uint8_t family)
    : m_first(firstSequence + 1)
    , m_sequence(firstSequence)
    , m_family(family)
{
    // The frame of a transaction asks for no answer of its own: an error comes regardless.
    header(NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST, NFNL_SUBSYS_NFTABLES);
}

void NftBatch::begin(std::uint16_t type, std::uint16_t flags, std::string what)
{
    const auto full = static_cast<std::uint16_t>((NFNL_SUBSYS_NFTABLES << 8) | type);
    header(full, static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags), 0);
    m_what.push_back(std::move(what));
}

void NftBatch::finish()
{
    header(NFNL_MSG_BATCH_END, NLM_F_REQUEST, NFNL_SUBSYS_NFTABLES);
    closeMessage();
}

void NftBatch::text(std::uint16_t attribute, std::string_view value)
{
    std::string ended(value);
    ended.push_back('\0');
    raw(attribute, bytes::asBytes(ended));
}

void NftBatch::number(std::uint16_t attribute, std::uint32_t value)
{
    std::vector<std::uint8_t> wire;
    bytes::appendNumber<std::endian::big>(wire, value);
    raw(attribute, wire);
}

void NftBatch::longNumber(std::uint16_t attribute, std::uint64_t value)
{
    std::vector<std::uint8_t> wire;
    bytes::appendNumber<std::endian::big>(wire, value);
    raw(attribute, wire);
}

void NftBatch::raw(std::uint16_t attribute, bytes::ByteView value)
{
    const std::size_t at = openNest(attribute);
    m_bytes.insert(m_bytes.end(), value.begin(), value.end());
    closeNest(at);
    m_bytes[at + 3] = static_cast<std::uint8_t>(attribute >> 8); // no container: no nest flag
    m_bytes[at + 2] = static_cast<std::uint8_t>(attribute & 0xff);
    if constexpr (std::endian::native == std::endian::big)
        std::swap(m_bytes[at + 2], m_bytes[at + 3]);
}

std::string_view NftBatch::what(std::uint32_t sequence) const
{
    const std::uint32_t index = sequence - m_first;
    return index < m_what.size() ? std::string_view(m_what[index]) : "nf_tables transaction";
}

void NftBatch::header(std::uint16_t type, std::uint16_t flags, std::uint16_t resource)
{
    closeMessage();
    m_message = m_bytes.size();
    nlmsghdr outer = {};
    outer.nlmsg_type = type;
    outer.nlmsg_flags = flags;
    outer.nlmsg_seq = m_sequence++;
    nfgenmsg inner = {};
    inner.nfgen_family = type > 0xff ? m_family : std::uint8_t{NFPROTO_UNSPEC};
    inner.version = NFNETLINK_V0;
    inner.res_id = bytes::convert<std::endian::big>(resource);
    m_bytes.resize(m_message + sizeof outer + sizeof inner);
    std::memcpy(m_bytes.data() + m_message, &outer, sizeof outer);
    std::memcpy(m_bytes.data() + m_message + sizeof outer, &inner, sizeof inner);
}

void NftBatch::closeMessage()
{
    if (m_bytes.empty())
        return;
    const auto length = static_cast<std::uint32_t>(m_bytes.size() - m_message);
    std::memcpy(m_bytes.data() + m_message, &length, sizeof length);
}

std::size_t NftBatch::openNest(std::uint16_t attribute)
{
    const std::size_t at = m_bytes.size();
    const nlattr head = {0, static_cast<std::uint16_t>(attribute | NLA_F_NESTED)};
    m_bytes.resize(at + sizeof head);
    std::memcpy(m_bytes.data() + at, &head, sizeof head);
    return at;
}

void NftBatch::closeNest(std::size_t at)
{
    const auto length = static_cast<std::uint16_t>(m_bytes.size() - at);
    std::memcpy(m_bytes.data() + at, &length, sizeof length);
    pad();
}

void NftBatch::pad()
{
    m_bytes.resize(NLMSG_ALIGN(m_bytes.size()));
}

} // namespace podglass::steal
