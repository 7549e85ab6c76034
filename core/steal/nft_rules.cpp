// SPDX-License-Identifier: Apache-2.0
#include "core/steal/nft_rules.h"

#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/bytes/cursor.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

namespace podglass::steal {

namespace {

constexpr std::uint8_t commentTag = 0; // NFTNL_UDATA_TABLE_COMMENT
constexpr std::size_t commentBytes = 128;
constexpr std::uint32_t tcpDestinationPort = 2; // offsets in the TCP header, RFC 9293 3.1
constexpr std::uint32_t tcpFlags = 13;
constexpr std::uint8_t finSynRstAck = 0x17;
constexpr std::uint8_t syn = 0x02;
constexpr std::uint32_t stateNew = 1U << 3; // NF_CT_STATE_BIT(IP_CT_NEW), nf_conntrack_common.h
constexpr std::size_t interfaceNameBytes = 16;
constexpr std::uint32_t typeInetService = 13; // nft's own numbering, for its listing only

std::array<std::uint8_t, 2> networkOrder(std::uint16_t value)
{
    return {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value & 0xff)};
}

// One rule in the making: expressions work on register 1, as nft's own rules do.
class RuleBody
{
public:
    explicit RuleBody(NftBatch& batch)
        : m_batch(batch)
    {}

    void meta(std::uint32_t key)
    {
        expression("meta", [&] {
            m_batch.number(NFTA_META_KEY, key);
            m_batch.number(NFTA_META_DREG, NFT_REG_1);
        });
    }

    void connectionIsNew()
    {
        expression("ct", [&] {
            m_batch.number(NFTA_CT_KEY, NFT_CT_STATE);
            m_batch.number(NFTA_CT_DREG, NFT_REG_1);
        });
        const std::uint32_t none = 0;
        const std::vector<std::uint8_t> mask = hostOrder(stateNew);
        const std::vector<std::uint8_t> zero = hostOrder(none);
        expression("bitwise", [&] {
            m_batch.number(NFTA_BITWISE_SREG, NFT_REG_1);
            m_batch.number(NFTA_BITWISE_DREG, NFT_REG_1);
            m_batch.number(NFTA_BITWISE_LEN, sizeof none);
            value(NFTA_BITWISE_MASK, mask);
            value(NFTA_BITWISE_XOR, zero);
        });
        expression("cmp", [&] {
            m_batch.number(NFTA_CMP_SREG, NFT_REG_1);
            m_batch.number(NFTA_CMP_OP, NFT_CMP_NEQ);
            value(NFTA_CMP_DATA, zero);
        });
    }

    void destinationIsLocal()
    {
        expression("fib", [&] {
            m_batch.number(NFTA_FIB_DREG, NFT_REG_1);
            m_batch.number(NFTA_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE);
            m_batch.number(NFTA_FIB_FLAGS, NFTA_FIB_F_DADDR);
        });
        equals(hostOrder(std::uint32_t{2})); // RTN_LOCAL, linux/rtnetlink.h
    }

    void tcpHeader(std::uint32_t offset, std::uint32_t length)
    {
        expression("payload", [&] {
            m_batch.number(NFTA_PAYLOAD_DREG, NFT_REG_1);
            m_batch.number(NFTA_PAYLOAD_BASE, NFT_PAYLOAD_TRANSPORT_HEADER);
            m_batch.number(NFTA_PAYLOAD_OFFSET, offset);
            m_batch.number(NFTA_PAYLOAD_LEN, length);
        });
    }

    void maskByte(std::uint8_t mask)
    {
        const std::uint8_t zero = 0;
        expression("bitwise", [&] {
            m_batch.number(NFTA_BITWISE_SREG, NFT_REG_1);
            m_batch.number(NFTA_BITWISE_DREG, NFT_REG_1);
            m_batch.number(NFTA_BITWISE_LEN, 1);
            value(NFTA_BITWISE_MASK, bytes::ByteView(&mask, 1));
            value(NFTA_BITWISE_XOR, bytes::ByteView(&zero, 1));
        });
    }

    void equals(bytes::ByteView wanted)
    {
        expression("cmp", [&] {
            m_batch.number(NFTA_CMP_SREG, NFT_REG_1);
            m_batch.number(NFTA_CMP_OP, NFT_CMP_EQ);
            value(NFTA_CMP_DATA, wanted);
        });
    }

    void equals(const std::vector<std::uint8_t>& wanted) { equals(bytes::ByteView(wanted)); }

    void isIn(std::string_view set)
    {
        expression("lookup", [&] {
            m_batch.text(NFTA_LOOKUP_SET, set);
            m_batch.number(NFTA_LOOKUP_SREG, NFT_REG_1);
        });
    }

    void giveBack()
    {
        expression("immediate", [&] {
            m_batch.number(NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
            m_batch.nested(NFTA_IMMEDIATE_DATA, [&] {
                m_batch.nested(NFTA_DATA_VERDICT, [&] {
                    m_batch.number(NFTA_VERDICT_CODE, static_cast<std::uint32_t>(NFT_RETURN));
                });
            });
        });
    }

    void redirectTo(std::uint16_t port)
    {
        const auto wire = networkOrder(port);
        expression("immediate", [&] {
            m_batch.number(NFTA_IMMEDIATE_DREG, NFT_REG_1);
            value(NFTA_IMMEDIATE_DATA, wire);
        });
        expression("redir", [&] { m_batch.number(NFTA_REDIR_REG_PROTO_MIN, NFT_REG_1); });
    }

    // meta values sit in registers in the machine's own order.
    static std::vector<std::uint8_t> hostOrder(std::uint32_t value)
    {
        std::vector<std::uint8_t> wire;
        bytes::appendNumber<std::endian::native>(wire, value);
        return wire;
    }

private:
    template <typename Inside>
    void expression(std::string_view name, Inside inside)
    {
        m_batch.nested(NFTA_LIST_ELEM, [&] {
            m_batch.text(NFTA_EXPR_NAME, name);
            m_batch.nested(NFTA_EXPR_DATA, inside);
        });
    }

    void value(std::uint16_t attribute, bytes::ByteView data)
    {
        m_batch.nested(attribute, [&] { m_batch.raw(NFTA_DATA_VALUE, data); });
    }

    NftBatch& m_batch;
};

template <typename Body>
void addRule(NftBatch& batch, std::string_view table, std::string_view chain, Body body)
{
    batch.begin(
        NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, "add a rule to chain " + std::string(chain));
    batch.text(NFTA_RULE_TABLE, table);
    batch.text(NFTA_RULE_CHAIN, chain);
    batch.nested(NFTA_RULE_EXPRESSIONS, [&] { body(RuleBody(batch)); });
}

void aliveElement(NftBatch& batch, std::string_view table, std::uint16_t port)
{
    batch.text(NFTA_SET_ELEM_LIST_TABLE, table);
    batch.text(NFTA_SET_ELEM_LIST_SET, aliveSet);
    const auto key = networkOrder(port);
    batch.nested(NFTA_SET_ELEM_LIST_ELEMENTS, [&] {
        batch.nested(NFTA_LIST_ELEM, [&] {
            batch.nested(NFTA_SET_ELEM_KEY, [&] { batch.raw(NFTA_DATA_VALUE, key); });
        });
    });
}

} // namespace

std::string uniqueTableName(std::string_view what)
{
    std::array<std::uint8_t, 4> random = {};
    // Four bytes of /dev/urandom's pool never come short; if they did, the name only repeats and
    // the kernel answers EEXIST.
    [[maybe_unused]] const ssize_t got = ::getrandom(random.data(), random.size(), 0);
    return std::string(tablePrefix) + std::string(what) + "_" + base::hex(random);
}

std::string agentComment()
{
    return "podglass-agent, process " + std::to_string(::getpid());
}

std::string natChainText(std::string_view chain)
{
    const char* const hook =
        chain == outputChain ? "output priority -101" : "prerouting priority dstnat - 1";
    return "\tchain " + std::string(chain) + " {\n\t\ttype nat hook " + hook + "; policy accept;\n";
}

void addTable(NftBatch& batch, std::string_view table, std::string_view comment, bool owned)
{
    comment = comment.substr(0, commentBytes - 1);
    std::vector<std::uint8_t> userData = {commentTag,
                                          static_cast<std::uint8_t>(comment.size() + 1)};
    userData.insert(userData.end(), comment.begin(), comment.end());
    userData.push_back(0);
    batch.begin(NFT_MSG_NEWTABLE,
                NLM_F_CREATE | NLM_F_EXCL,
                owned ? "make a table that ends with its owner" : "make a table");
    batch.text(NFTA_TABLE_NAME, table);
    batch.number(NFTA_TABLE_FLAGS, owned ? NFT_TABLE_F_OWNER : 0);
    batch.raw(NFTA_TABLE_USERDATA, userData);
}

void addAliveSet(NftBatch& batch, std::string_view table)
{
    using namespace std::chrono;
    batch.begin(NFT_MSG_NEWSET, NLM_F_CREATE | NLM_F_EXCL, "make a set whose elements expire");
    batch.text(NFTA_SET_TABLE, table);
    batch.text(NFTA_SET_NAME, aliveSet);
    batch.number(NFTA_SET_FLAGS, NFT_SET_TIMEOUT);
    batch.number(NFTA_SET_KEY_TYPE, typeInetService);
    batch.number(NFTA_SET_KEY_LEN, sizeof(std::uint16_t));
    batch.number(NFTA_SET_ID, 1);
    batch.longNumber(NFTA_SET_TIMEOUT,
                     static_cast<std::uint64_t>(milliseconds(limits::timedRedirect).count()));
}

void addAlive(NftBatch& batch, std::string_view table, std::uint16_t port)
{
    batch.begin(NFT_MSG_NEWSETELEM, NLM_F_CREATE, "renew the redirect");
    aliveElement(batch, table, port);
}

void deleteAlive(NftBatch& batch, std::string_view table, std::uint16_t port)
{
    batch.begin(NFT_MSG_DELSETELEM, 0, "renew the redirect");
    aliveElement(batch, table, port);
}

void addTrackingChain(NftBatch& batch, std::string_view table)
{
    batch.begin(NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL, "make a chain");
    batch.text(NFTA_CHAIN_TABLE, table);
    batch.text(NFTA_CHAIN_NAME, trackingChain);
    addRule(batch, table, trackingChain, [](RuleBody rule) {
        rule.connectionIsNew();
        rule.giveBack();
    });
}

void addNatChain(NftBatch& batch, std::string_view table, std::string_view chain)
{
    const bool output = chain == outputChain;
    batch.begin(
        NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL, "make nat chain " + std::string(chain));
    batch.text(NFTA_CHAIN_TABLE, table);
    batch.text(NFTA_CHAIN_NAME, chain);
    batch.nested(NFTA_CHAIN_HOOK, [&] {
        batch.number(NFTA_HOOK_HOOKNUM, output ? NF_INET_LOCAL_OUT : NF_INET_PRE_ROUTING);
        batch.number(NFTA_HOOK_PRIORITY, static_cast<std::uint32_t>(chainPriority));
    });
    batch.number(NFTA_CHAIN_POLICY, NF_ACCEPT);
    batch.text(NFTA_CHAIN_TYPE, "nat");
}

void addPassMarked(NftBatch& batch,
                   std::string_view table,
                   std::string_view chain,
                   std::uint32_t mark)
{
    addRule(batch, table, chain, [&](RuleBody rule) {
        rule.meta(NFT_META_MARK);
        rule.equals(RuleBody::hostOrder(mark));
        rule.giveBack();
    });
}

void addRedirect(NftBatch& batch,
                 std::string_view table,
                 std::string_view chain,
                 const RedirectMatch& match)
{
    addRule(batch, table, chain, [&](RuleBody rule) {
        if (match.toLocalAddress)
            rule.destinationIsLocal();
        if (match.leavesByLo) {
            std::vector<std::uint8_t> name(interfaceNameBytes);
            name[0] = 'l';
            name[1] = 'o';
            rule.meta(NFT_META_OIFNAME);
            rule.equals(name);
        }
        rule.meta(NFT_META_L4PROTO);
        rule.equals(std::vector<std::uint8_t>{IPPROTO_TCP});
        rule.tcpHeader(tcpDestinationPort, 2);
        if (match.whileAlive)
            rule.isIn(aliveSet);
        else
            rule.equals(networkOrder(match.port));
        // Only a SYN alone: when tracking begins, the kernel takes up older connections in their
        // middle, and without this it would redirect those too.
        rule.tcpHeader(tcpFlags, 1);
        rule.maskByte(finSynRstAck);
        rule.equals(std::vector<std::uint8_t>{syn});
        rule.redirectTo(match.listenerPort);
    });
}

void deleteRules(NftBatch& batch, std::string_view table, std::string_view chain)
{
    batch.begin(NFT_MSG_DELRULE, 0, "remove the rules of nat chain " + std::string(chain));
    batch.text(NFTA_RULE_TABLE, table);
    batch.text(NFTA_RULE_CHAIN, chain);
}

void deleteTable(NftBatch& batch, std::string_view table)
{
    batch.begin(NFT_MSG_DELTABLE, 0, "remove table " + std::string(table));
    batch.text(NFTA_TABLE_NAME, table);
}

std::string commentOf(bytes::ByteView userData)
{
    while (userData.size() >= 2) {
        const std::size_t length = std::min<std::size_t>(userData[1], userData.size() - 2);
        const std::string_view value = bytes::asText(userData.subspan(2, length));
        if (userData[0] == commentTag)
            return std::string(value.substr(0, value.find('\0')));
        userData = userData.subspan(2 + length);
    }
    return {};
}

} // namespace podglass::steal
