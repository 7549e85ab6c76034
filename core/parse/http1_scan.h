// SPDX-License-Identifier: Apache-2.0
// findControl: the first control character of a text, sixteen bytes at a time where the processor
// can. What a field line ends with is one, so a line's end is found and its bytes are judged in
// the same pass.
#pragma once

#include <bit>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace podglass::parse::http1 {

constexpr bool isControl(char c)
{
    return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7f;
}

// `end`: there is none.
inline const char* findControl(const char* at, const char* end)
{
#ifdef __SSE2__
    const __m128i highest = _mm_set1_epi8(0x1f);
    const __m128i del = _mm_set1_epi8(0x7f);
    for (; end - at >= 16; at += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, highest), bytes);
        const __m128i found = _mm_or_si128(low, _mm_cmpeq_epi8(bytes, del));
        if (const auto mask = static_cast<unsigned>(_mm_movemask_epi8(found)); mask != 0)
            return at + std::countr_zero(mask);
    }
#endif
    while (at != end && !isControl(*at))
        ++at;
    return at;
}

} // namespace podglass::parse::http1
