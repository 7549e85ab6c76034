// SPDX-License-Identifier: Apache-2.0
// A hostile peer's stream: whatever decodes must encode to the same bytes.
#include "core/wire/codec.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

using namespace podglass;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    wire::FrameBuffer buffer;
    if (size != 0)
        std::memcpy(buffer.prepare(size).data(), data, size);
    buffer.commit(size);
    const auto complete = buffer.takeComplete();
    if (!complete)
        return 0;
    wire::FrameWalk walk(complete->view());
    while (const auto frame = walk.next()) {
        std::vector<std::uint8_t> again;
        if (wire::kindOf(*frame) == wire::FrameKind::Control) {
            if (const auto message = wire::decodeMessage(*frame))
                wire::encode(*message, again);
        } else if (wire::kindOf(*frame) == wire::FrameKind::Flow) {
            flow::EventBatch batch;
            if (wire::decodeEvent(*frame, batch))
                wire::encode(batch.events.front(), again);
        }
        // Texts of a head may be placed otherwise, so only what has no blob is compared.
        const bool blob = frame->type >= 259 && frame->type <= 262;
        if (!again.empty() && !blob
            && !std::ranges::equal(frame->payload,
                                   bytes::ByteView(again).subspan(wire::frameHeaderBytes)))
            std::abort();
    }
    return 0;
}
