// SPDX-License-Identifier: Apache-2.0
// Views of content on any bytes: limits hold whatever is decoded, and nothing runs for ever.
#include "core/content/decoder.h"
#include "core/content/inflate_messages.h"
#include "core/content/protobuf.h"
#include "core/content/server_events.h"

#include <array>
#include <cstdlib>

using namespace podglass;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

void decode(bytes::ByteView body, std::string_view encoding)
{
    content::DecodeLimits limits;
    limits.bytes = 100'000;
    limits.freely = 10'000;
    content::Decoder decoder(body, encoding, true, limits);
    std::size_t steps = 0;
    while (decoder.work(1'000))
        require(++steps < 10'000);
    require(decoder.bytes().size() <= limits.bytes);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 1)
        return 0;
    constexpr std::array<std::string_view, 6> encodings{
        "gzip", "deflate", "br", "zstd", "gzip, br", "zstd, gzip"};
    const bytes::ByteView body(data + 1, size - 1);
    switch (data[0] % 10) {
    case 9: {
        content::ServerEvents events;
        std::uint64_t end = 0;
        events.feed(body, [&](const content::ServerEvent& event) {
            require(event.begin >= end && event.end <= body.size());
            end = event.end;
        });
        break;
    }
    case 8:
        (void)content::protobufText(body);
        (void)content::protobufLine(body, 100);
        break;
    case 7: {
        content::MessageInflater inflater((data[0] & 0x80) != 0);
        std::string out;
        (void)inflater.inflate(body, 1'000, out);
        require(out.size() <= 1'000);
        break;
    }
    default:
        decode(body, encodings.at(data[0] % encodings.size()));
        break;
    }
    return 0;
}
