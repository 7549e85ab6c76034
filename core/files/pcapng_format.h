// SPDX-License-Identifier: Apache-2.0
// Numbers of the pcapng format. Source: draft-ietf-opsawg-pcapng, sections 3 and 4.
#pragma once

#include <cstdint>

namespace podglass::files::pcapng {

inline constexpr std::uint32_t sectionHeader = 0x0a0d0d0a; // the same in both byte orders
inline constexpr std::uint32_t interfaceDescription = 1;
inline constexpr std::uint32_t oldPacket = 2;
inline constexpr std::uint32_t simplePacket = 3;
inline constexpr std::uint32_t interfaceStatistics = 5;
inline constexpr std::uint32_t enhancedPacket = 6;

inline constexpr std::uint32_t byteOrderMagic = 0x1a2b3c4d;
inline constexpr std::uint16_t majorVersion = 1;
inline constexpr std::uint64_t unknownSectionLength = ~std::uint64_t{0};

// Options.
inline constexpr std::uint16_t endOfOptions = 0;
inline constexpr std::uint16_t comment = 1;
inline constexpr std::uint16_t interfaceName = 2;
inline constexpr std::uint16_t timeResolution = 9;
inline constexpr std::uint16_t timeOffset = 14;
inline constexpr std::uint16_t sectionApplication = 4;
inline constexpr std::uint16_t interfaceReceived = 4;
inline constexpr std::uint16_t interfaceDropped = 5;

// A block is its type, its length, a body and its length again.
inline constexpr std::uint32_t blockOverhead = 12;

} // namespace podglass::files::pcapng
