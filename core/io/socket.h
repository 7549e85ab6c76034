// SPDX-License-Identifier: Apache-2.0
// Stream sockets: resolve and connect without blocking.
// Thread: resolve() may block in the resolver; everything else returns at once.
// Source: getaddrinfo(3), connect(2).
#pragma once

#include "core/base/result.h"
#include "core/io/fd.h"

#include <cstdint>
#include <string>
#include <vector>

#include <sys/socket.h>

namespace podglass::io {

struct SocketAddress
{
    sockaddr_storage storage{};
    socklen_t length = 0;

    [[nodiscard]] int family() const { return storage.ss_family; }

    [[nodiscard]] std::string text() const; // "127.0.0.1:80", "[::1]:80"
};

enum class Lookup : bool
{
    NumericOnly, // never asks a name server; "localhost" is known all the same
    Names
};

base::Result<std::vector<SocketAddress>>
resolve(const std::string& host, std::uint16_t port, Lookup lookup);

base::Result<SocketAddress> unixAddress(const std::string& path);

// A connect under way: writable when decided, then connectError() says how (0: connected).
base::Result<Fd> beginConnect(const SocketAddress& address);
int connectError(const Fd& socket);

} // namespace podglass::io
