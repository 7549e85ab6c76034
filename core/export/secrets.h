// SPDX-License-Identifier: Apache-2.0
// Whether what is written shows the values of fields that carry secrets (flow/secrets.h).
#pragma once

namespace podglass::exporting {

enum class Secrets : bool
{
    Masked,
    Revealed,
};

} // namespace podglass::exporting
