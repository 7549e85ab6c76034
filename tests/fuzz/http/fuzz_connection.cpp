// SPDX-License-Identifier: Apache-2.0
// A whole connection from a script: each act is one byte of what (side, data, gap or end), one of
// length, then its bytes.
#include "core/parse/connection_parser.h"

#include "tests/fuzz/http/event_checker.h"

using namespace podglass;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    fuzz::EventChecker checker;
    parse::Ids ids;
    parse::ParserFactory factory(checker, {1}, ids, {64, true});
    flow::ConnectionOpened opened;
    opened.joinedLate = (data[0] & 1) != 0;
    const auto sink = factory.open({1}, opened, {});
    std::array<std::uint64_t, 2> offsets{};
    std::array<bool, 2> ended{};
    bytes::ByteView rest(data + 1, size - 1);
    while (rest.size() >= 2) {
        const std::size_t side = rest[0] & 1U;
        const auto direction = static_cast<flow::Direction>(side);
        const std::size_t length = std::min<std::size_t>(rest[1], rest.size() - 2);
        const bytes::ByteView payload = rest.subspan(2, length);
        const bool isGap = (rest[0] & 0x0e) == 2;
        const bool isEnd = (rest[0] & 0x0e) == 4;
        rest = rest.subspan(isGap || isEnd ? 2 : 2 + length);
        if (ended.at(side))
            continue;
        if (isEnd) {
            ended.at(side) = true;
            sink->finished(direction, {});
        } else if (isGap && length > 0) {
            sink->gap({direction, offsets.at(side), length}, {});
            offsets.at(side) += length;
        } else if (!isGap && !payload.empty()) {
            sink->data(direction, offsets.at(side), payload, {});
            offsets.at(side) += length;
        }
    }
    sink->closed({flow::CloseReason::Finished, {}, offsets}, {});
    checker.check(offsets);
    return 0;
}
