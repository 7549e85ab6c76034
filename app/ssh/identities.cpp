// SPDX-License-Identifier: Apache-2.0
#include "app/ssh/identities.h"

#include "core/bytes/cursor.h"
#include "core/io/fd.h"
#include "core/targets/base64.h"
#include "core/targets/small_file.h"

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

namespace podglass::ssh {

namespace {

constexpr std::size_t keyFileBytes = 65'536;

// Read in one go into memory that never moves, so that one wipe is enough.
std::optional<Secret> readKey(const std::string& path, int& error)
{
    const io::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    std::string text(keyFileBytes, '\0');
    const ssize_t got = file ? ::read(file.get(), text.data(), text.size()) : -1;
    error = errno;
    if (got < 0) {
        Secret::wipe(text);
        return std::nullopt;
    }
    text.resize(static_cast<std::size_t>(got));
    return Secret(std::move(text));
}

std::string stringField(bytes::BigReader& reader)
{
    const auto length = reader.number<std::uint32_t>();
    return std::string(bytes::asText(reader.view(length)));
}

} // namespace

// openssh-key-v1: magic, cipher, kdf, kdf options, count, public key (PROTOCOL.key of OpenSSH).
void describeKey(KeyFile& key)
{
    const std::string_view text = key.text.view();
    if (text.find("BEGIN RSA PRIVATE KEY") != std::string_view::npos)
        key.type = "ssh-rsa";
    key.encrypted = text.find("ENCRYPTED") != std::string_view::npos;
    constexpr std::string_view begin = "-----BEGIN OPENSSH PRIVATE KEY-----";
    const std::size_t from = text.find(begin);
    const std::size_t to = text.find("-----END OPENSSH PRIVATE KEY-----");
    if (from == std::string_view::npos || to == std::string_view::npos || to < from)
        return;
    auto decoded = targets::fromBase64(text.substr(from + begin.size(), to - from - begin.size()));
    if (!decoded)
        return;
    const Secret blob(std::move(*decoded));
    bytes::BigReader reader(bytes::asBytes(blob.view()));
    reader.view(15); // "openssh-key-v1" and its zero
    key.encrypted = stringField(reader) != "none";
    stringField(reader);
    stringField(reader);
    reader.number<std::uint32_t>();
    const std::string publicKey = stringField(reader);
    bytes::BigReader inner(bytes::asBytes(publicKey));
    key.type = stringField(inner);
}

std::vector<KeyFile> loadKeyFiles(const targets::SshHost& host, Control& control)
{
    std::vector<std::string> paths = host.identityFiles;
    const bool usual = paths.empty();
    if (usual) {
        for (const char* name : {"id_ed25519", "id_ecdsa", "id_rsa"})
            paths.push_back(targets::homeDirectory() + "/.ssh/" + name);
    }
    std::vector<KeyFile> keys;
    for (const std::string& path : paths) {
        int error = 0;
        auto text = readKey(path, error);
        if (!text) {
            if (!usual)
                control.warn(base::systemError(error, "key " + path).text());
            continue;
        }
        KeyFile key;
        key.path = path;
        key.text = std::move(*text);
        describeKey(key);
        keys.push_back(std::move(key));
    }
    return keys;
}

AgentKeys::AgentKeys(SshSession& session)
    : m_agent(libssh2_agent_init(session.raw()))
{}

AgentKeys::~AgentKeys()
{
    if (m_agent == nullptr)
        return;
    if (m_connected)
        libssh2_agent_disconnect(m_agent);
    libssh2_agent_free(m_agent);
}

bool AgentKeys::open()
{
    m_connected = m_agent != nullptr && libssh2_agent_connect(m_agent) == 0;
    return m_connected && libssh2_agent_list_identities(m_agent) == 0;
}

std::vector<AgentKeys::Key> AgentKeys::list() const
{
    std::vector<Key> keys;
    libssh2_agent_publickey* previous = nullptr;
    libssh2_agent_publickey* current = nullptr;
    while (m_connected && libssh2_agent_get_identity(m_agent, &current, previous) == 0) {
        Key key;
        key.raw = current;
        key.blob.assign(reinterpret_cast<const char*>(current->blob), current->blob_len);
        key.comment = current->comment != nullptr ? current->comment : "";
        bytes::BigReader reader(bytes::asBytes(key.blob));
        key.type = stringField(reader);
        keys.push_back(std::move(key));
        previous = current;
    }
    return keys;
}

bool isUsableUserKey(const std::string& type)
{
    return type.empty() || type == "ssh-ed25519" || type.starts_with("ecdsa-sha2-nistp");
}

} // namespace podglass::ssh
