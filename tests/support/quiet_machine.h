// SPDX-License-Identifier: Apache-2.0
// Bounds on wall time are figures, not behaviour: they are held only where the machine is known to
// do nothing else (PODGLASS_QUIET=1, see tests/README.md). The figure is always printed.
#pragma once

#include <QtGlobal>

namespace podglass::test {

inline bool quietMachine()
{
    return qEnvironmentVariableIsSet("PODGLASS_QUIET");
}

} // namespace podglass::test
