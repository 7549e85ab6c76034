// SPDX-License-Identifier: Apache-2.0
#include "core/base/digest.h"

#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <nettle/sha2.h>
#include <string_view>

namespace podglass::base {

struct Sha256::State
{
    sha256_ctx context{};
};

Sha256::Sha256()
    : m_state(std::make_unique<State>())
{
    sha256_init(&m_state->context);
}

Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(std::span<const std::uint8_t> bytes)
{
    sha256_update(&m_state->context, bytes.size(), bytes.data());
}

Digest Sha256::finish()
{
    Digest digest{};
    sha256_digest(&m_state->context, digest.size(), digest.data());
    return digest;
}

Digest hmac(std::span<const std::uint8_t> key, std::span<const std::uint8_t> message)
{
    hmac_sha256_ctx context{};
    hmac_sha256_set_key(&context, key.size(), key.data());
    hmac_sha256_update(&context, message.size(), message.data());
    Digest digest{};
    hmac_sha256_digest(&context, digest.size(), digest.data());
    return digest;
}

bool sameDigest(const Digest& a, const Digest& b)
{
    return nettle_memeql_sec(a.data(), b.data(), a.size()) != 0;
}

std::string hex(std::span<const std::uint8_t> bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (const std::uint8_t byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

} // namespace podglass::base
