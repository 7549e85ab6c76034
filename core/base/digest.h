// SPDX-License-Identifier: Apache-2.0
// SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104), by nettle.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace podglass::base {

using Digest = std::array<std::uint8_t, 32>;

class Sha256
{
public:
    Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    ~Sha256();

    void update(std::span<const std::uint8_t> bytes);
    // The digest of everything so far; starts anew.
    Digest finish();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

Digest hmac(std::span<const std::uint8_t> key, std::span<const std::uint8_t> message);

// Compares in constant time.
bool sameDigest(const Digest& a, const Digest& b);

std::string hex(std::span<const std::uint8_t> bytes);

} // namespace podglass::base
