// SPDX-License-Identifier: Apache-2.0
#include "core/agent/handshake.h"

#include "core/base/digest.h"
#include "core/io/fd.h"
#include "core/telemetry/text_file.h"

#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace podglass::agent {

namespace {

constexpr std::size_t shortestSecret = 16;

} // namespace

base::Result<Secret> loadSecret(const std::filesystem::path& path)
{
    const std::string where = "read the secret file " + path.string();
    const io::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));

    struct stat facts
    {};

    if (!file || ::fstat(file.get(), &facts) != 0)
        return base::systemError(
            errno, where, "make one: (umask 077; head -c 32 /dev/urandom | base64 > FILE)");
    if (!S_ISREG(facts.st_mode) || facts.st_uid != ::geteuid() || (facts.st_mode & 077) != 0)
        return base::Error{.what = "others could read it, or it is not yours",
                           .where = where,
                           .advice = "chmod 600 it, owned by the user who runs the agent"};
    std::string text = telemetry::readTextFile(path, 4096).value_or(std::string());
    if (text.ends_with('\n'))
        text.pop_back();
    if (text.size() < shortestSecret)
        return base::Error{
            .what = "it is too short", .where = where, .advice = "at least 16 bytes are needed"};
    return Secret(text.begin(), text.end());
}

std::array<std::uint8_t, 32> makeNonce()
{
    std::array<std::uint8_t, 32> nonce{};
    // Up to 256 bytes come at once and whole (getrandom(2)); without them nothing can be proved.
    if (::getrandom(nonce.data(), nonce.size(), 0) != static_cast<ssize_t>(nonce.size()))
        std::abort();
    return nonce;
}

Handshake::Handshake(wire::Hello own, std::optional<Secret> secret)
    : m_own(std::move(own))
    , m_secret(std::move(secret))
{
    m_own.nonce = makeNonce();
}

base::Status Handshake::onHello(const wire::Hello& hello)
{
    if (m_greeted)
        return base::Error{
            .what = "a second Hello", .where = "agent protocol", .advice = "reconnect"};
    if (hello.major != m_own.major)
        return base::Error{.what = "the client speaks protocol " + std::to_string(hello.major)
                                   + ", this agent speaks " + std::to_string(m_own.major),
                           .where = "handshake",
                           .advice = "use an agent of the client's version (" + hello.build + ")"};
    m_client = hello;
    m_greeted = true;
    return base::Done{};
}

base::Result<wire::Proof> Handshake::onProof(const wire::Proof& proof)
{
    if (!m_secret || !m_greeted || m_proved || !base::sameDigest(proof.mac, proofOf("client").mac))
        return base::Error{.what = "the proof of the shared secret is wrong",
                           .where = "handshake",
                           .advice = "use the secret file that this agent was started with"};
    m_proved = true;
    return proofOf("agent");
}

wire::Proof Handshake::proofOf(std::string_view role) const
{
    std::vector<std::uint8_t> message(role.begin(), role.end());
    message.insert(message.end(), m_client.nonce.begin(), m_client.nonce.end());
    message.insert(message.end(), m_own.nonce.begin(), m_own.nonce.end());
    return {base::hmac(*m_secret, message)};
}

} // namespace podglass::agent
