// SPDX-License-Identifier: Apache-2.0
// PcapngTime: what a time stamp of one pcapng interface counts (if_tsresol, if_tsoffset).
#pragma once

#include "core/base/time.h"

#include <cstdint>

namespace podglass::files {

class PcapngTime
{
public:
    PcapngTime() = default; // microseconds

    // As in the file: a negative power of ten, or of two with the highest bit set. False: no
    // clock counts like that, and nothing changed.
    bool setResolution(std::uint8_t resolution);

    void setOffset(std::int64_t seconds) { m_offset = seconds; }

    // Never overflows; what nanoseconds since 1970 cannot hold becomes the nearest they can.
    [[nodiscard]] base::Timestamp at(std::uint64_t stamp) const;

private:
    bool m_binary = false;
    unsigned m_exponent = 6;
    std::int64_t m_offset = 0;
};

} // namespace podglass::files
