// SPDX-License-Identifier: Apache-2.0
// WebSocket frames on any bytes: everything is shown once and in order, frames lie behind each
// other, and how the bytes are cut changes nothing.
#include "core/parse/websocket_session.h"

#include <cstdlib>
#include <vector>

using namespace podglass;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

struct Seen : flow::EventSink
{
    void onEvent(const flow::Event& event) override
    {
        if (const auto* data = std::get_if<flow::StreamData>(&event.body)) {
            require(data->offset == next);
            next += data->data.size();
            shown.insert(shown.end(), data->data.begin(), data->data.end());
        } else if (const auto* frame = std::get_if<flow::MessageFrame>(&event.body)) {
            require(frames.empty() || frame->offset >= frames.back().offset + frames.back().length
                    || frame->offset > frames.back().offset);
            frames.push_back(*frame);
        }
    }

    std::uint64_t next = 0;
    std::vector<std::uint8_t> shown;
    std::vector<flow::MessageFrame> frames;
};

std::size_t play(bytes::ByteView input, std::size_t cut, Seen& seen)
{
    parse::WebSocketSession session(parse::EventOutput(seen, {1}, {1}), {1}, true);
    std::size_t position = 0;
    while (position < input.size() && session.reading(flow::Direction::ClientToServer)) {
        const bytes::ByteView piece =
            input.subspan(position).first(std::min(cut, input.size() - position));
        const std::size_t used = session.read(flow::Direction::ClientToServer, piece, position, {});
        require(used <= piece.size());
        position += used;
        require(used == piece.size() || !session.reading(flow::Direction::ClientToServer));
    }
    require(seen.next == position);
    return position;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2)
        return 0;
    const bytes::ByteView input(data + 1, size - 1);
    Seen whole;
    Seen cut;
    const std::size_t first = play(input, input.size(), whole);
    const std::size_t second = play(input, 1 + data[0] % 64, cut);
    require(first == second && whole.shown == cut.shown
            && whole.frames.size() == cut.frames.size());
    for (std::size_t i = 0; i < whole.frames.size(); ++i)
        require(whole.frames[i].offset == cut.frames[i].offset
                && whole.frames[i].length == cut.frames[i].length
                && whole.frames[i].code == cut.frames[i].code);
    return 0;
}
