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

namespace podglass::steal {

class NftSocket
{
public:
    static base::Result<NftSocket> open();

    // Sends a finished batch; an error is the first message the kernel refused.
    base::Status commit(const NftBatch& batch);

    [[nodiscard]] NftBatch newBatch() { return NftBatch(m_sequence); }

    // Asks for all objects of one kind (NFT_MSG_GET*), those of one table if a name is given, and
    // hands over the attributes of each.
    base::Status dump(std::uint16_t type,
                      std::string_view table,
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
