// SPDX-License-Identifier: Apache-2.0
// Sanitizers report by system calls and tracing that a confined process is refused.
#pragma once

namespace podglass::agent::guard {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

} // namespace podglass::agent::guard
