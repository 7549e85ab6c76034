// SPDX-License-Identifier: Apache-2.0
// What this program can do of TLS: with_tls.cpp everything, no_tls.cpp nothing.
#pragma once

#include "core/io/tls.h"

namespace podglass::app {

// Empty: it cannot.
io::MakeTlsTermination tlsTermination();

} // namespace podglass::app
