// SPDX-License-Identifier: Apache-2.0
#include "core/files/pcapng_time.h"

#include <limits>

namespace podglass::files {

namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t second = 1'000'000'000;

Wide powerOfTen(unsigned exponent)
{
    Wide power = 1;
    for (unsigned i = 0; i < exponent; ++i)
        power *= 10;
    return power;
}

} // namespace

bool PcapngTime::setResolution(std::uint8_t resolution)
{
    constexpr std::uint8_t binaryBit = 0x80;
    constexpr unsigned mostDecimal = 18;
    constexpr unsigned mostBinary = 63;
    const bool binary = (resolution & binaryBit) != 0;
    const unsigned exponent = resolution & (binaryBit - 1U);
    if (exponent > (binary ? mostBinary : mostDecimal))
        return false;
    m_binary = binary;
    m_exponent = exponent;
    return true;
}

base::Timestamp PcapngTime::at(std::uint64_t stamp) const
{
    const Wide unit = m_binary ? Wide{1} << m_exponent : powerOfTen(m_exponent);
    const Wide whole = Wide{stamp} * second / unit + Wide{m_offset} * second;
    if (whole > std::numeric_limits<std::int64_t>::max())
        return {std::numeric_limits<std::int64_t>::max()};
    if (whole < std::numeric_limits<std::int64_t>::min())
        return {std::numeric_limits<std::int64_t>::min()};
    return {static_cast<std::int64_t>(whole)};
}

} // namespace podglass::files
