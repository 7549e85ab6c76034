// SPDX-License-Identifier: Apache-2.0
#include "core/files/recorded_text.h"

#include <array>
#include <charconv>

namespace podglass::files {

using flow::Direction;

std::string bytesText(std::uint64_t count, const char* side)
{
    return std::to_string(count) + " bytes " + side;
}

const char* kindText(flow::GapKind kind)
{
    switch (kind) {
    case flow::GapKind::Network:
        return "never seen, never acknowledged";
    case flow::GapKind::Capture:
        return "missed by capture";
    case flow::GapKind::Truncated:
        return "cut by the snapshot length";
    case flow::GapKind::Limit:
        return "given up at a limit of reassembly";
    }
    return "";
}

const char* sideText(Direction direction)
{
    return direction == Direction::ClientToServer ? "to the server" : "to the client";
}

const char* placeText(flow::LossPlace place)
{
    switch (place) {
    case flow::LossPlace::Kernel:
        return "in the kernel";
    case flow::LossPlace::Agent:
        return "in the agent: this client was too slow";
    case flow::LossPlace::Tunnel:
        return "when the connection to the agent was cut";
    case flow::LossPlace::Desktop:
        return "at a limit of this program";
    case flow::LossPlace::Budget:
        return "by this client's own wish";
    }
    return "";
}

std::string chunkHead(std::uint64_t length)
{
    constexpr int hex = 16;
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), length, hex);
    return std::string(digits.data(), end.ptr) + "\r\n";
}

} // namespace podglass::files
