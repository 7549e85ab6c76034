// SPDX-License-Identifier: Apache-2.0
// Is this program built with the address or thread sanitizer? They report by system calls and
// tracing that a confined process is refused, so such a build is not confined.
#pragma once

namespace podglass::base {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) // GCC
inline constexpr bool sanitized = true;
#elif defined(__has_feature) // clang
inline constexpr bool sanitized =
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool sanitized = false;
#endif

} // namespace podglass::base
