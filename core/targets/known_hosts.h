// SPDX-License-Identifier: Apache-2.0
// known_hosts: what OpenSSH's files say about a host key. Our own reader, because libssh2's does
// not know @revoked, @cert-authority, wildcards or negation, and reports a key of another type as
// "not found", which would turn a downgrade into "new host".
//
// Contract: the accept or refuse verdict equals OpenSSH's for the same files. A key that is not
// in the file while another key is known for the name is Changed, whatever its type.
// Thread: values. Files are read by loadKnownHosts only. Source: sshd(8), SSH_KNOWN_HOSTS.
#pragma once

#include "core/base/result.h"
#include "core/io/fd.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace podglass::targets {

struct KnownKey
{
    enum class Marker : std::uint8_t
    {
        None,
        Revoked,
        CertAuthority,
    };
    Marker marker = Marker::None;
    std::string names; // the pattern list, or |1|salt|hash
    std::string type;  // "ssh-ed25519"
    std::string blob;  // the key, decoded
    std::string file;
    std::uint32_t line = 0;
};

enum class KeyVerdict : std::uint8_t
{
    Known,
    Unknown, // nothing about this name
    Changed, // another key is known for the name
    Revoked,
};

struct KeyFinding
{
    KeyVerdict verdict = KeyVerdict::Unknown;
    std::string file; // of the line that decided; empty if none
    std::uint32_t line = 0;
    std::string knownType;               // Changed: the type of the key that is known
    std::string knownFingerprint;        // Changed: and its fingerprint
    std::vector<std::string> otherNames; // Unknown: names under which this very key is known
};

class KnownHosts
{
public:
    // Reads one file's text; lines that are not understood are skipped, as OpenSSH does.
    void add(std::string_view text, const std::string& file);

    // `blob` is the key as on the wire (RFC 4253 6.6); port 22 is looked up as the bare name.
    [[nodiscard]] KeyFinding
    check(std::string_view host, std::uint16_t port, std::string_view blob) const;

    // Key types known for a host, in the order of the files: what to ask the server for.
    [[nodiscard]] std::vector<std::string> typesFor(std::string_view host,
                                                    std::uint16_t port) const;

private:
    [[nodiscard]] KeyFinding checkName(const std::string& name, std::string_view blob) const;

    std::vector<KnownKey> m_keys;
};

// Names of a file's text as a person could type them ("host" or "[host]:port"), each once, at most
// `limit`. Hashed names, patterns and revoked keys are left out.
std::vector<std::string> knownHostNames(std::string_view text, std::size_t limit);

// "host" or "[host]:port", lower case: how a host is named in the file.
std::string knownHostName(std::string_view host, std::uint16_t port);

// One name against a pattern list or a hashed name.
bool namesMatch(std::string_view names, const std::string& name);

// A missing file is an empty one; an unreadable or over-long one is an error.
base::Status loadKnownHosts(KnownHosts& hosts, const std::string& path);

// Opens a file to append to (mode 0600 when made, its folder 0700).
base::Result<io::Fd> openKnownHosts(const std::string& path);

// Appends one line in one write, after a newline if the last line has none.
base::Status appendKnownHost(const io::Fd& file,
                             const std::string& name,
                             std::string_view type,
                             std::string_view blob);

// "SHA256:…" as ssh-keygen -l prints it.
std::string keyFingerprint(std::string_view blob);

} // namespace podglass::targets
