// SPDX-License-Identifier: Apache-2.0
// An HTTP/2 connection from a script. Each act is five bytes and a payload: what (side, and whether
// a whole frame, a frame with another length, raw bytes, a gap or the end), payload length, type,
// flags, stream. The promises are those of event_checker.h, and all memory is given back.
#include "core/parse/connection_parser.h"

#include "tests/fuzz/http/event_checker.h"

using namespace podglass;

namespace {

const std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr std::array<std::uint8_t, 9> settings{0, 0, 0, 4, 0, 0, 0, 0, 0};

class Player
{
public:
    explicit Player(reassembly::StreamSink& sink)
        : m_sink(sink)
    {}

    void data(std::size_t side, bytes::ByteView bytes)
    {
        if (m_ended.at(side) || bytes.empty())
            return;
        m_sink.data(static_cast<flow::Direction>(side), offsets.at(side), bytes, {++m_time});
        offsets.at(side) += bytes.size();
    }

    void act(bytes::ByteView head, bytes::ByteView payload)
    {
        const std::size_t side = head[0] & 1U;
        const auto direction = static_cast<flow::Direction>(side);
        switch (head[0] >> 1 & 7) {
        case 0:
            if (!m_ended.at(side) && head[1] > 0) {
                m_sink.gap({direction, offsets.at(side), head[1]}, {++m_time});
                offsets.at(side) += head[1];
            }
            break;
        case 1:
            if (!m_ended.at(side))
                m_sink.finished(direction, {++m_time});
            m_ended.at(side) = true;
            break;
        case 2:
            data(side, payload);
            break;
        default:
            frame(side, head, payload);
        }
    }

    std::array<std::uint64_t, 2> offsets{};

private:
    void frame(std::size_t side, bytes::ByteView head, bytes::ByteView payload)
    {
        std::vector<std::uint8_t> bytes{0, 0, head[1], head[2], head[3], 0, 0, 0, head[4]};
        if ((head[0] >> 1 & 7) != 3)
            bytes[2] = static_cast<std::uint8_t>(payload.size());
        bytes.insert(bytes.end(), payload.begin(), payload.end());
        // In two pieces, so that what a frame leaves behind is seen.
        const std::size_t cut = head[4] % bytes.size();
        data(side, bytes::ByteView(bytes).first(cut));
        data(side, bytes::ByteView(bytes).subspan(cut));
    }

    reassembly::StreamSink& m_sink;
    std::array<bool, 2> m_ended{};
    std::int64_t m_time = 0;
};

} // namespace

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
    Player player(*sink);
    player.data(0, bytes::asBytes(preface));
    player.data(0, settings);
    player.data(1, settings);
    constexpr std::size_t headBytes = 5;
    bytes::ByteView rest(data + 1, size - 1);
    while (rest.size() >= headBytes) {
        const std::size_t length = std::min<std::size_t>(rest[1], rest.size() - headBytes);
        player.act(rest.first(headBytes), rest.subspan(headBytes, length));
        rest = rest.subspan(headBytes + length);
    }
    sink->closed({flow::CloseReason::Finished, {}, player.offsets}, {});
    checker.check(player.offsets);
    return 0;
}
