// SPDX-License-Identifier: Apache-2.0
#include "app/ssh/host_key.h"

#include "core/bytes/cursor.h"
#include "core/targets/small_file.h"

#include <algorithm>
#include <array>

namespace podglass::ssh {

namespace {

// What libssh2 1.10 can check. ssh-rsa would mean SHA-1, which servers refuse since OpenSSH 8.8.
constexpr std::array<std::string_view, 4> usableTypes{
    "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"};

constexpr const char* useSystemSsh = "use the system-ssh transport for this host";

bool isUsable(const std::string& type)
{
    return std::ranges::find(usableTypes, type) != usableTypes.end();
}

std::string joined(const std::vector<std::string>& words)
{
    std::string all;
    for (const std::string& word : words)
        all += (all.empty() ? "" : ", ") + word;
    return all;
}

const std::string& nameInFile(const targets::SshHost& host)
{
    return host.hostKeyAlias.empty() ? host.hostName : host.hostKeyAlias;
}

// HostKeyAlias stands for the host without its port (ssh_config(5)).
std::uint16_t portInFile(const targets::SshHost& host)
{
    return host.hostKeyAlias.empty() ? host.port : std::uint16_t{22};
}

Failure keyFailure(const targets::SshHost& host, std::string what, std::string advice)
{
    return {Fault::HostKey,
            {.what = std::move(what),
             .where = "host key of " + host.hostName,
             .advice = std::move(advice)}};
}

std::string typeOf(std::string_view blob)
{
    bytes::BigReader reader(bytes::asBytes(blob));
    const auto length = reader.number<std::uint32_t>();
    return std::string(bytes::asText(reader.view(length)));
}

Failure negotiationFailure(SshSession& session,
                           const targets::SshHost& host,
                           const std::vector<std::string>& known)
{
    const std::vector<std::string> offered = session.offer().hostKeyAlgorithms();
    const bool usable = std::ranges::any_of(offered, isUsable);
    if (!offered.empty() && !usable)
        return keyFailure(host,
                          "the server has only keys that the built-in transport cannot check ("
                              + joined(offered) + ")",
                          useSystemSsh);
    if (!offered.empty() && !known.empty() && std::ranges::none_of(known, [&](const auto& type) {
            return std::ranges::find(offered, type) != offered.end();
        }))
        return keyFailure(host,
                          "CHANGED: a " + joined(known)
                              + " key is known, the server now offers only " + joined(offered),
                          "somebody may be listening in; ask the administrator of the host");
    const std::string banner = session.offer().banner();
    return {
        Fault::Network,
        {.what = session.lastError(),
         .where = "handshake with " + host.hostName + (banner.empty() ? "" : " (" + banner + ")"),
         .advice = banner.empty() ? "is that port an SSH server?" : useSystemSsh,
         .lasting = base::Lasting::Transient}};
}

} // namespace

HostFiles
openHostFiles(const targets::SshHost& host, const std::string& knownHostsOption, Control& control)
{
    std::vector<std::string> files = host.knownHostsFiles;
    if (!knownHostsOption.empty())
        files = {knownHostsOption};
    const std::string own = targets::homeDirectory() + "/.ssh/known_hosts";
    if (files.empty())
        files = {own, own + "2"};
    HostFiles opened;
    opened.savePath = files.front();
    if (knownHostsOption.empty()) {
        files.emplace_back("/etc/ssh/ssh_known_hosts");
        files.emplace_back("/etc/ssh/ssh_known_hosts2");
    }
    for (const std::string& file : files) {
        if (const auto read = targets::loadKnownHosts(opened.known, file); !read)
            control.warn(read.error().text());
    }
    // Only a host of which nothing is known can become known.
    if (host.strictHostKeyChecking != "yes"
        && opened.known.typesFor(nameInFile(host), portInFile(host)).empty()) {
        if (auto save = targets::openKnownHosts(opened.savePath))
            opened.save = std::move(*save);
    }
    return opened;
}

std::optional<Failure>
preferKnownTypes(SshSession& session, const targets::SshHost& host, const HostFiles& files)
{
    const auto known = files.known.typesFor(nameInFile(host), portInFile(host));
    std::string wanted;
    for (const std::string_view type : usableTypes) {
        if (known.empty() || std::ranges::find(known, type) != known.end())
            wanted += (wanted.empty() ? "" : ",") + std::string(type);
    }
    if (wanted.empty())
        return keyFailure(host,
                          "only a " + joined(known)
                              + " key is known, which the built-in transport cannot check",
                          useSystemSsh);
    LIBSSH2_SESSION* raw = session.raw();
    libssh2_session_method_pref(raw, LIBSSH2_METHOD_HOSTKEY, wanted.c_str());
    libssh2_session_method_pref(
        raw,
        LIBSSH2_METHOD_KEX,
        "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,"
        "ecdh-sha2-nistp521,diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,"
        "diffie-hellman-group14-sha256");
    for (const int direction : {LIBSSH2_METHOD_CRYPT_CS, LIBSSH2_METHOD_CRYPT_SC})
        libssh2_session_method_pref(raw, direction, "aes128-ctr,aes192-ctr,aes256-ctr");
    for (const int direction : {LIBSSH2_METHOD_MAC_CS, LIBSSH2_METHOD_MAC_SC})
        libssh2_session_method_pref(raw, direction, "hmac-sha2-256,hmac-sha2-512");
    return std::nullopt;
}

std::optional<Failure> handshake(SshSession& session,
                                 const targets::SshHost& host,
                                 const HostFiles& files,
                                 Control& control)
{
    const std::uint32_t step = control.begin("handshake");
    const int failed = session.complete(
        [&] { return libssh2_session_handshake(session.raw(), session.socket()); });
    if (failed == LIBSSH2_ERROR_TIMEOUT) {
        control.failed(step, "handshake: no answer");
        return Failure{Fault::Network,
                       {.what = "no answer",
                        .where = "handshake with " + host.hostName,
                        .advice = "is that port an SSH server?",
                        .lasting = base::Lasting::Transient}};
    }
    if (failed != 0) {
        const auto known = files.known.typesFor(nameInFile(host), portInFile(host));
        const Failure failure = negotiationFailure(session, host, known);
        control.failed(step, "handshake: " + failure.error.what, session.lastError());
        return failure;
    }
    const auto method = [&](int kind) {
        return std::string(libssh2_session_methods(session.raw(), kind));
    };
    control.done(step,
                 "handshake with " + session.offer().banner(),
                 method(LIBSSH2_METHOD_KEX) + ", " + method(LIBSSH2_METHOD_CRYPT_SC) + ", "
                     + method(LIBSSH2_METHOD_MAC_SC));
    return std::nullopt;
}

namespace {

std::optional<Failure> askAboutNewKey(const targets::SshHost& host,
                                      const targets::KeyFinding& finding,
                                      std::string_view blob,
                                      HostFiles& files,
                                      Control& control)
{
    const std::string name = targets::knownHostName(nameInFile(host), portInFile(host));
    const std::string print = typeOf(blob) + " " + targets::keyFingerprint(blob);
    std::string choice = "save";
    if (host.strictHostKeyChecking == "yes")
        return keyFailure(host, "unknown, and StrictHostKeyChecking is yes: " + print, "");
    if (host.strictHostKeyChecking != "accept-new" && host.strictHostKeyChecking != "no") {
        std::string text = print;
        if (!finding.otherNames.empty())
            text += "\nknown under other names: " + joined(finding.otherNames);
        const auto answer = control.ask("hostkey", "Unknown host " + name, text);
        choice = answer ? std::string(answer->view()) : std::string();
    }
    if (choice != "once" && choice != "save")
        return keyFailure(host,
                          "unknown, not accepted: " + print,
                          "compare the fingerprint with the administrator's");
    if (choice == "once") {
        control.warn("host key of " + name + " trusted this once", print);
        return std::nullopt;
    }
    const auto saved = files.save ? targets::appendKnownHost(files.save, name, typeOf(blob), blob)
                                  : base::Status(base::Error{.what = "the file cannot be written",
                                                             .where = files.savePath,
                                                             .advice = {}});
    if (saved)
        control.warn("host key of " + name + " saved in " + files.savePath, print);
    else
        control.warn("host key of " + name + " not saved: " + saved.error().text(), print);
    return std::nullopt;
}

} // namespace

std::optional<Failure>
verifyHostKey(SshSession& session, const targets::SshHost& host, HostFiles& files, Control& control)
{
    std::size_t length = 0;
    int type = 0;
    const char* key = libssh2_session_hostkey(session.raw(), &length, &type);
    const std::string_view blob(key, key != nullptr ? length : 0);
    if (blob.empty())
        return keyFailure(host, "the server sent none", "");
    const auto finding = files.known.check(nameInFile(host), portInFile(host), blob);
    const std::string place = finding.file + ":" + std::to_string(finding.line);
    const std::string print = typeOf(blob) + " " + targets::keyFingerprint(blob);
    switch (finding.verdict) {
    case targets::KeyVerdict::Known:
        control.done(control.begin("host key"),
                     "host key of " + host.hostName + " known (" + place + ")",
                     print);
        return std::nullopt;
    case targets::KeyVerdict::Unknown:
        return askAboutNewKey(host, finding, blob, files, control);
    case targets::KeyVerdict::Changed:
        return keyFailure(host,
                          "CHANGED: " + place + " has a " + finding.knownType
                              + " key, the server shows " + print,
                          "somebody may be listening in; ask the administrator, and remove the "
                          "line only when the change is confirmed");
    case targets::KeyVerdict::Revoked:
        return keyFailure(host, "REVOKED by " + place + ": " + print, "do not use this host");
    }
    return std::nullopt;
}

} // namespace podglass::ssh
