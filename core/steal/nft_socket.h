// SPDX-License-Identifier: Apache-2.0
// NftSocket: the conversation with nf_tables of one network namespace over one netlink socket that
// stays open. Tables made with NFT_TABLE_F_OWNER live exactly as long as this socket: the kernel
// removes them when it closes, however the process ends.
//
// Contract: netlink answers inside send(2), so no call waits. Errors are in words: EPERM names the
// missing capability, an unknown feature names the kernel.
// Thread: the owner's. The namespace is that of the thread that called open().
#pragma once

#include "core/base/result.h"
#include "core/bytes/view.h"
#include "core/io/fd.h"
#include "core/steal/nft_message.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace podglass::steal {

struct NftQuery
{
    std::uint16_t type = 0;   // NFT_MSG_GET*
    std::string_view table{}; // only what is in it; empty: all
    std::string_view set{};   // with NFT_MSG_GETSETELEM
    std::uint8_t family = 1;  // NFPROTO_INET, as all of ours
};

class NftSocket
{
public:
    static base::Result<NftSocket> open();

    // Sends a finished batch; an error is the first message the kernel refused.
    base::Status commit(const NftBatch& batch);

    [[nodiscard]] bool isOpen() const { return static_cast<bool>(m_fd); }

    // The same socket once more: its tables live until both are closed.
    [[nodiscard]] io::Fd duplicate() const;

    // Moves to the lowest free descriptor.
    void settle();

    [[nodiscard]] NftBatch newBatch() { return NftBatch(m_sequence); }

    // Asks for all objects of one kind and hands over the attributes of each.
    base::Status dump(const NftQuery& query,
                      const std::function<void(bytes::ByteView attributes)>& each);

private:
    explicit NftSocket(io::Fd fd)
        : m_fd(std::move(fd))
    {}

    // One datagram; 0: nothing there.
    base::Result<std::size_t> receive(std::span<std::uint8_t> into) const;

    io::Fd m_fd;
    std::uint32_t m_sequence = 1;
};

// Walks netlink attributes (nlattr) without trusting a length; `each` gets type and payload.
void forEachAttribute(bytes::ByteView attributes,
                      const std::function<void(std::uint16_t type, bytes::ByteView value)>& each);

// An errno of nf_tables in words that say what is missing.
base::Error nftError(int number, std::string_view doing);

} // namespace podglass::steal
