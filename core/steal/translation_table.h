// SPDX-License-Identifier: Apache-2.0
// TranslationTable: packet rules that redirect nothing, so that the kernel goes on translating the
// connections that a redirect has made after that redirect is gone.
//
// Why: without a nat chain and a rule that wants connection tracking the kernel stops translating
// at once, and what it still has to tell callers (that nobody listens, that a connection is not
// known) would come from a port they do not know: they would wait for their own timeout. A killed
// process closes its highest descriptors first, so those of a redirect stand in this order, from
// above: connections, listener, the redirect's socket, this table's.
// Contract: owned by its socket, as RedirectTable; nothing is left when the last holder ends.
// Must be made in the target's namespace; thread: its owner's. Source: linux/netfilter/nf_tables.h.
#pragma once

#include "core/steal/nft_socket.h"

#include <string>

namespace podglass::steal {

class TranslationTable
{
public:
    // An error on kernels that know no owners (before 5.12).
    static base::Result<TranslationTable> install(NftSocket socket);

    TranslationTable(TranslationTable&&) noexcept = default;
    TranslationTable& operator=(TranslationTable&&) noexcept = default;
    // At once, also where a worker still holds the socket.
    ~TranslationTable();

    [[nodiscard]] const NftSocket& socket() const { return m_socket; }

    // Moves its socket to the lowest free descriptor.
    void settle() { m_socket.settle(); }

    [[nodiscard]] std::string text() const; // as `nft list table` prints it

private:
    TranslationTable(NftSocket socket, std::string name)
        : m_socket(std::move(socket))
        , m_name(std::move(name))
    {}

    NftSocket m_socket;
    std::string m_name;
};

} // namespace podglass::steal
