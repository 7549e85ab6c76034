// SPDX-License-Identifier: Apache-2.0
#include "core/session/tls_files.h"

#include "core/base/limits.h"
#include "core/io/fd.h"
#include "core/tls/identity.h"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace podglass::session {

namespace {

base::Result<base::Secret> readPem(const std::string& path, const std::string& what)
{
    if (path.empty())
        return base::Error{.what = "no " + what + " file is named",
                           .where = "TLS certificate and key",
                           .advice = "certificate and key are given together"};
    const io::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file)
        return base::systemError(errno, "read the " + what + " file " + path);
    std::string text(limits::pemBytes + 1, '\0');
    std::size_t size = 0;
    ssize_t got = 0;
    do {
        got = ::read(file.get(), text.data() + size, text.size() - size);
        size += got > 0 ? static_cast<std::size_t>(got) : 0;
    } while (got > 0 && size < text.size());
    const int error = errno;
    text.resize(size);
    base::Secret read(std::move(text));
    if (got < 0)
        return base::systemError(error, "read the " + what + " file " + path);
    if (size > limits::pemBytes)
        return base::Error{.what = path + " has more than " + std::to_string(limits::pemBytes)
                                   + " bytes",
                           .where = "TLS certificate and key",
                           .advice = "is it the " + what + " file?"};
    return read;
}

} // namespace

base::Result<bool> asksForPassphrase(const TlsFiles& files)
{
    const auto key = readPem(files.key, "key");
    if (!key)
        return key.error();
    return tls::isEncrypted(key.value().text());
}

base::Result<TlsPair> readTlsFiles(const TlsFiles& files, const base::Secret& passphrase)
{
    tls::lockMemory(); // where it cannot, the key is kept as other keys here are
    const auto certificate = readPem(files.certificate, "certificate");
    if (!certificate)
        return certificate.error();
    const auto key = readPem(files.key, "key");
    if (!key)
        return key.error();
    const auto read =
        tls::Identity::read(certificate.value().text(), key.value().text(), passphrase);
    if (!read)
        return read.error();
    const tls::Identity& identity = *read.value();
    return TlsPair{identity.name(), identity.certificatePem(), identity.keyPem()};
}

} // namespace podglass::session
