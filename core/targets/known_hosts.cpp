// SPDX-License-Identifier: Apache-2.0
#include "core/targets/known_hosts.h"

#include "core/base/digest.h"
#include "core/bytes/cursor.h"
#include "core/targets/base64.h"
#include "core/targets/pattern.h"

#include <algorithm>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <optional>

namespace podglass::targets {

namespace {

std::string_view nextWord(std::string_view& rest)
{
    constexpr std::string_view blanks = " \t\r";
    const std::size_t begin = std::min(rest.find_first_not_of(blanks), rest.size());
    rest.remove_prefix(begin);
    const std::size_t end = std::min(rest.find_first_of(blanks), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(end);
    return word;
}

// The type that the key itself names: a line whose two types differ is not a key.
std::string_view innerType(std::string_view blob)
{
    bytes::BigReader reader(bytes::asBytes(blob));
    const auto length = reader.number<std::uint32_t>();
    return bytes::asText(reader.view(length));
}

std::optional<KnownKey> readLine(std::string_view line)
{
    KnownKey key;
    std::string_view word = nextWord(line);
    if (word.empty() || word.front() == '#')
        return std::nullopt;
    if (word.front() == '@') {
        if (word == "@revoked")
            key.marker = KnownKey::Marker::Revoked;
        else if (word == "@cert-authority")
            key.marker = KnownKey::Marker::CertAuthority;
        else
            return std::nullopt;
        word = nextWord(line);
    }
    key.names = word;
    key.type = nextWord(line);
    auto blob = fromBase64(nextWord(line));
    if (!blob || key.type.empty() || innerType(*blob) != key.type)
        return std::nullopt;
    key.blob = std::move(*blob);
    return key;
}

bool hashedNameMatches(std::string_view names, const std::string& name)
{
    names.remove_prefix(3); // "|1|"
    const std::size_t bar = names.find('|');
    if (bar == std::string_view::npos)
        return false;
    const auto salt = fromBase64(names.substr(0, bar));
    const auto hash = fromBase64(names.substr(bar + 1));
    if (!salt || !hash || hash->size() != SHA1_DIGEST_SIZE)
        return false;
    hmac_sha1_ctx context{};
    const bytes::ByteView key = bytes::asBytes(*salt);
    const bytes::ByteView text = bytes::asBytes(name);
    hmac_sha1_set_key(&context, key.size(), key.data());
    hmac_sha1_update(&context, text.size(), text.data());
    std::array<std::uint8_t, SHA1_DIGEST_SIZE> digest{};
    hmac_sha1_digest(&context, digest.size(), digest.data());
    return memeql_sec(digest.data(), hash->data(), digest.size()) != 0;
}

} // namespace

std::string knownHostName(std::string_view host, std::uint16_t port)
{
    const std::string name = lowerCase(host);
    return port == 22 || port == 0 ? name : "[" + name + "]:" + std::to_string(port);
}

bool namesMatch(std::string_view names, const std::string& name)
{
    if (names.starts_with("|1|"))
        return hashedNameMatches(names, name);
    return matchesPatternList(lowerCase(names), name, ',');
}

void KnownHosts::add(std::string_view text, const std::string& file)
{
    std::uint32_t number = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        ++number;
        if (auto key = readLine(text.substr(0, end))) {
            key->file = file;
            key->line = number;
            m_keys.push_back(std::move(*key));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

KeyFinding KnownHosts::checkName(const std::string& name, std::string_view blob) const
{
    KeyFinding finding;
    for (const KnownKey& key : m_keys) {
        if (key.marker == KnownKey::Marker::CertAuthority || !namesMatch(key.names, name))
            continue;
        const bool same = key.blob == blob;
        if (key.marker == KnownKey::Marker::Revoked) {
            if (same) // final, wherever it stands
                return {.verdict = KeyVerdict::Revoked,
                        .file = key.file,
                        .line = key.line,
                        .knownType = {},
                        .knownFingerprint = {},
                        .otherNames = {}};
            continue;
        }
        if (finding.verdict == KeyVerdict::Known)
            continue;
        if (same || finding.verdict == KeyVerdict::Unknown) {
            finding.verdict = same ? KeyVerdict::Known : KeyVerdict::Changed;
            finding.file = key.file;
            finding.line = key.line;
            finding.knownType = key.type;
            finding.knownFingerprint = keyFingerprint(key.blob);
        }
    }
    return finding;
}

KeyFinding KnownHosts::check(std::string_view host, std::uint16_t port, std::string_view blob) const
{
    KeyFinding finding = checkName(knownHostName(host, port), blob);
    // OpenSSH takes a key known for the bare name at any port, but only if it is the same key.
    if (finding.verdict == KeyVerdict::Unknown && port != 22 && port != 0) {
        KeyFinding bare = checkName(knownHostName(host, 22), blob);
        if (bare.verdict == KeyVerdict::Known || bare.verdict == KeyVerdict::Revoked)
            finding = std::move(bare);
    }
    if (finding.verdict == KeyVerdict::Unknown) {
        for (const KnownKey& key : m_keys) {
            if (key.marker == KnownKey::Marker::None && key.blob == blob)
                finding.otherNames.push_back(key.names.starts_with('|') ? "(hashed name)"
                                                                        : key.names);
        }
    }
    return finding;
}

std::vector<std::string> KnownHosts::typesFor(std::string_view host, std::uint16_t port) const
{
    std::vector<std::string> types;
    const auto collect = [&](const std::string& name) {
        for (const KnownKey& key : m_keys) {
            if (key.marker == KnownKey::Marker::None && namesMatch(key.names, name)
                && std::ranges::find(types, key.type) == types.end())
                types.push_back(key.type);
        }
    };
    collect(knownHostName(host, port));
    if (types.empty() && port != 22 && port != 0)
        collect(knownHostName(host, 22));
    return types;
}

std::string keyFingerprint(std::string_view blob)
{
    base::Sha256 sum;
    sum.update(bytes::asBytes(blob));
    const base::Digest digest = sum.finish();
    std::string text = toBase64(bytes::asText(digest));
    text.erase(text.find_last_not_of('=') + 1);
    return "SHA256:" + text;
}

} // namespace podglass::targets
