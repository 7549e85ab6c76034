// SPDX-License-Identifier: Apache-2.0
#include "app/ssh/host_key.h"

#include "core/base/limits.h"
#include "core/bytes/cursor.h"
#include "core/targets/small_file.h"

#include <algorithm>
#include <array>

namespace podglass::ssh {

namespace {

// What libssh2 1.10 can check. ssh-rsa would mean SHA-1, which servers refuse since OpenSSH 8.8.
constexpr std::array<std::string_view, 4> usableTypes{
    "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"};

constexpr const char* useSystemSsh = "choose system ssh for this host";

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

Failure keyFailure(const targets::SshHost& host,
                   std::string what,
                   std::string advice,
                   Switch toSystemSsh = Switch::No)
{
    return {Fault::HostKey,
            {.what = std::move(what),
             .where = targets::knownHostName(nameInFile(host), portInFile(host)),
             .advice = std::move(advice)},
            toSystemSsh};
}

constexpr const char* compare = "compare the fingerprint with what the administrator of the host "
                                "tells you";

// ssh-keygen -R, with what it needs.
std::string removal(const targets::SshHost& host, const std::string& file)
{
    return "somebody may be listening in: ask the administrator. Only if the key was really "
           "replaced: ssh-keygen -R '"
           + targets::knownHostName(nameInFile(host), portInFile(host)) + "' -f " + file;
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
                          "the built-in SSH cannot check this host's keys\nthe server has "
                              + joined(offered),
                          useSystemSsh,
                          Switch::Yes);
    if (!offered.empty() && !known.empty() && std::ranges::none_of(known, [&](const auto& type) {
            return std::ranges::find(offered, type) != offered.end();
        }))
        return keyFailure(host,
                          "the host key has CHANGED\nknown: a key of type " + joined(known)
                              + "; the server now has only " + joined(offered),
                          removal(host, "~/.ssh/known_hosts"));
    const std::string banner = session.offer().banner();
    const bool answered = !banner.empty();
    return {
        Fault::Network,
        {.what = (answered ? "no common ground with the server\n" : "this is not an SSH server\n")
                 + session.lastError() + (answered ? ", " + banner : ""),
         .where = host.hostName + ", port " + std::to_string(host.port),
         .advice = answered ? useSystemSsh : "is the port right?",
         .lasting = base::Lasting::Transient},
        answered && !offered.empty() ? Switch::Yes : Switch::No};
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
                          "the built-in SSH cannot check this host's key\nknown is only a key of "
                          "type "
                              + joined(known),
                          useSystemSsh,
                          Switch::Yes);
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
    const std::uint32_t step = control.begin("handshake with " + host.hostName);
    const int failed = session.complete(
        [&] { return libssh2_session_handshake(session.raw(), session.socket()); });
    if (failed == LIBSSH2_ERROR_TIMEOUT)
        return Failure{Fault::Network,
                       {.what = "no SSH greeting within "
                                + std::to_string(limits::sshConnectTimeout.count())
                                + " s\nthe connection stands, but nothing comes",
                        .where = host.hostName + ", port " + std::to_string(host.port),
                        .advice = "is that port an SSH server, and is the host overloaded?",
                        .lasting = base::Lasting::Transient}};
    if (failed != 0)
        return negotiationFailure(
            session, host, files.known.typesFor(nameInFile(host), portInFile(host)));
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
        return keyFailure(host,
                          "the host key is unknown, and StrictHostKeyChecking is yes\n" + print,
                          std::string(compare) + ", then add it to " + files.savePath);
    if (host.strictHostKeyChecking != "accept-new" && host.strictHostKeyChecking != "no"
        && host.strictHostKeyChecking != "off") {
        std::string text = "This host was not seen before. It shows this key:\n" + print;
        if (!finding.otherNames.empty())
            text += "\nThe same key is known as: " + joined(finding.otherNames);
        const auto answer = control.ask("hostkey", "Is this " + name + "?", text);
        choice = answer ? std::string(answer->view()) : std::string();
    }
    if (choice != "once" && choice != "save")
        return keyFailure(host, "the host key is unknown and was not accepted\n" + print, compare);
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
        return keyFailure(host, "the server sent no host key", useSystemSsh);
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
                          "the host key has CHANGED\nknown: " + finding.knownType + " "
                              + finding.knownFingerprint + " (" + place + ")\nshown now: " + print,
                          removal(host, finding.file));
    case targets::KeyVerdict::Revoked:
        return keyFailure(host,
                          "the host key is REVOKED\nby " + place + ": " + print,
                          "do not connect; ask the administrator of the host");
    }
    return std::nullopt;
}

} // namespace podglass::ssh
