// SPDX-License-Identifier: Apache-2.0
// The first words with a client: versions, capabilities and, on a listening agent, the mutual proof
// of a shared secret (FORMAT.md, conversation 1 and 2). Over --stdio whoever could start the agent
// owns it, so nothing is proved.
// Thread: the io thread. Pure but for the nonce, which the kernel gives.
#pragma once

#include "core/base/result.h"
#include "core/wire/message.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace podglass::agent {

using Secret = std::vector<std::uint8_t>;

// A file that only its owner (us) can read, of at least 16 bytes; one line end at its end is not
// part of the secret.
base::Result<Secret> loadSecret(const std::filesystem::path& path);

std::array<std::uint8_t, 32> makeNonce();

class Handshake
{
public:
    // `own` is sent as it is, but for the nonce.
    Handshake(wire::Hello own, std::optional<Secret> secret);

    [[nodiscard]] const wire::Hello& own() const { return m_own; }

    // The client's Hello. An error ends the connection, after it was sent as Failure.
    base::Status onHello(const wire::Hello& hello);

    // The client's Proof; the answer is to be sent. An error ends the connection without a word.
    base::Result<wire::Proof> onProof(const wire::Proof& proof);

    [[nodiscard]] bool done() const { return m_greeted && (!m_secret || m_proved); }

    [[nodiscard]] const std::string& clientName() const { return m_client.host; }

private:
    [[nodiscard]] wire::Proof proofOf(std::string_view role) const;

    wire::Hello m_own;
    wire::Hello m_client;
    std::optional<Secret> m_secret;
    bool m_greeted = false;
    bool m_proved = false;
};

} // namespace podglass::agent
