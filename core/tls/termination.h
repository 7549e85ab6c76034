// SPDX-License-Identifier: Apache-2.0
// What a port's certificate and key make possible: io::TlsTermination on OpenSSL.
#pragma once

#include "core/io/tls.h"

namespace podglass::tls {

// An io::MakeTlsTermination. Locks memory for keys first.
base::Result<std::shared_ptr<const io::TlsTermination>>
makeTermination(std::string_view certificate, std::string_view key);

} // namespace podglass::tls
