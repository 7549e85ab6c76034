// SPDX-License-Identifier: Apache-2.0
// What became of the TLS connections of one stolen port whose certificate and key were given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace podglass::steal {

struct TlsCounts
{
    std::uint64_t terminated = 0; // read and re-encrypted
    std::uint64_t untouched = 0;  // passed on as they are: `problem` says why
    std::uint64_t failed = 0;     // handshakes that a caller broke off or that could not be
    std::size_t underWay = 0;     // handshakes now
    std::string problem;          // of the last one that was not terminated

    bool operator==(const TlsCounts&) const = default;
};

} // namespace podglass::steal
