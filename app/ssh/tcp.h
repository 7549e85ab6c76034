// SPDX-License-Identifier: Apache-2.0
// From a host name to a connected socket, each address in turn, each with the connect timeout.
#pragma once

#include "core/io/socket.h"

#include "app/ssh/control.h"

#include <variant>

namespace podglass::ssh {

template <typename T>
using Outcome = std::variant<T, Failure>;

Outcome<io::Fd> connectTo(const std::string& host, std::uint16_t port, Control& control);

} // namespace podglass::ssh
