// SPDX-License-Identifier: Apache-2.0
#include "app/ssh/identities.h"

#include "core/bytes/cursor.h"
#include "core/io/fd.h"
#include "core/io/read_all.h"
#include "core/targets/base64.h"
#include "core/targets/small_file.h"

#include <algorithm>
#include <cstdlib>

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
    const ssize_t got = file ? io::readAll(file.get(), std::span(text)) : -1;
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
    key.blob = stringField(reader);
    bytes::BigReader inner(bytes::asBytes(key.blob));
    key.type = stringField(inner);
}

namespace {

// "ssh-ed25519 AAAA… comment"; also what an IdentityFile may be when an agent has the key.
bool readPublicKey(std::string_view text, KeyFile& key)
{
    const std::size_t blank = text.find(' ');
    if (blank == std::string_view::npos || text.starts_with("-----"))
        return false;
    const std::string_view rest = text.substr(blank + 1);
    auto blob = targets::fromBase64(rest.substr(0, rest.find_first_of(" \r\n")));
    if (!blob || blob->empty())
        return false;
    key.type = text.substr(0, blank);
    key.blob = std::move(*blob);
    return true;
}

std::optional<KeyFile> loadKeyFile(const std::string& path, int& error)
{
    KeyFile key;
    key.path = path;
    auto text = readKey(path, error);
    if (text && !readPublicKey(text->view(), key)) {
        key.text = std::move(*text);
        describeKey(key);
    }
    if (key.blob.empty()) {
        int ignored = 0;
        const auto publicText = readKey(path + ".pub", ignored);
        if (publicText)
            readPublicKey(publicText->view(), key);
    }
    if (!text && key.blob.empty())
        return std::nullopt;
    return key;
}

} // namespace

std::vector<KeyFile> loadKeyFiles(const targets::SshHost& host, Control& control)
{
    std::vector<std::string> paths = host.identityFiles;
    const bool usual = paths.empty();
    if (usual) {
        for (const char* name :
             {"id_ed25519", "id_ecdsa", "id_rsa", "id_ed25519_sk", "id_ecdsa_sk"})
            paths.push_back(targets::homeDirectory() + "/.ssh/" + name);
    }
    std::vector<KeyFile> keys;
    for (const std::string& path : paths) {
        int error = 0;
        if (auto key = loadKeyFile(path, error))
            keys.push_back(std::move(*key));
        else if (!usual)
            control.warn("key " + path + " cannot be read", base::systemError(error, "").what);
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

base::Status AgentKeys::open(const std::string& where)
{
    // Nothing here changes the environment.
    const auto fromEnvironment = [](const char* name) {
        const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe)
        return std::string(value != nullptr ? value : "");
    };
    if (where == "none")
        return base::Done{};
    m_socket = where.empty() || where == "SSH_AUTH_SOCK" ? fromEnvironment("SSH_AUTH_SOCK")
               : where.starts_with('$')                  ? fromEnvironment(where.c_str() + 1)
                                                         : where;
    if (m_socket.empty() || m_agent == nullptr)
        return base::Done{};
    libssh2_agent_set_identity_path(m_agent, m_socket.c_str());
    m_connected = libssh2_agent_connect(m_agent) == 0;
    if (m_connected && libssh2_agent_list_identities(m_agent) == 0)
        return base::Done{};
    return base::Error{.what = "the ssh-agent does not answer",
                       .where = m_socket,
                       .advice = "is SSH_AUTH_SOCK of an older login?"};
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
