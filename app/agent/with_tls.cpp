// SPDX-License-Identifier: Apache-2.0
#include "core/tls/termination.h"

#include "app/agent/tls.h"

namespace podglass::app {

io::MakeTlsTermination tlsTermination()
{
    return &tls::makeTermination;
}

} // namespace podglass::app
