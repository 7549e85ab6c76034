// SPDX-License-Identifier: Apache-2.0
#include "app/agent/tls.h"

namespace podglass::app {

io::MakeTlsTermination tlsTermination()
{
    return {};
}

} // namespace podglass::app
