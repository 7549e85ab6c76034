// SPDX-License-Identifier: Apache-2.0
// Structured packets into a Tracker: each record of the input is one TCP segment of one of four
// connections, or raw bytes as a frame. What must hold: the sink's contract (order, no overlap,
// nothing after the end), the limits, and that nothing is held when all is over.
#include "core/base/limits.h"

#include "tests/support/connection_script.h"

#include <cstdio>
#include <cstdlib>

using namespace podglass;

namespace {

// Reads numbers from the input; zeros when it is used up.
class Input
{
public:
    Input(const std::uint8_t* data, std::size_t size)
        : m_rest(data, size)
    {}

    std::uint8_t byte()
    {
        if (m_rest.empty())
            return 0;
        const std::uint8_t value = m_rest[0];
        m_rest = m_rest.subspan(1);
        return value;
    }

    std::uint16_t word() { return static_cast<std::uint16_t>(byte() << 8 | byte()); }

    bytes::ByteView take(std::size_t length)
    {
        length = std::min(length, m_rest.size());
        const auto taken = m_rest.first(length);
        m_rest = m_rest.subspan(length);
        return taken;
    }

    [[nodiscard]] bool empty() const { return m_rest.empty(); }

private:
    bytes::ByteView m_rest;
};

void require(bool holds, const char* what)
{
    if (holds)
        return;
    std::fprintf(stderr, "violated: %s\n", what);
    std::abort();
}

void rawFrame(support::ConnectionScript& script, Input& input)
{
    const auto raw = input.take(input.byte());
    script.frame({raw.begin(), raw.end()});
}

void segment(support::ConnectionScript& script, Input& input)
{
    const std::uint8_t choice = input.byte();
    script.client.port = static_cast<std::uint16_t>(40'000 + (choice & 3));
    const auto flags = static_cast<std::uint8_t>(input.byte());
    // Mostly near, sometimes anywhere.
    std::int64_t offset = static_cast<std::int16_t>(input.word());
    if ((choice & 0x30) == 0x30)
        offset *= 70'001;
    else
        offset /= 128;
    const std::uint16_t acknowledged = input.word();
    std::string payload(input.byte() % 64, static_cast<char>('a' + choice % 26));
    if ((choice & 0x40) != 0) {
        script.clientAcks = acknowledged / 64U;
        script.c(offset, payload, flags);
    } else {
        script.serverAcks = acknowledged / 64U;
        script.s(offset, payload, flags);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Input input(data, size);
    auto options = reassembly::TrackerOptions::file();
    options.historyBytes = 4'096;
    support::ConnectionScript script(options);
    while (!input.empty()) {
        const std::uint8_t what = input.byte();
        if (what % 16 == 15)
            rawFrame(script, input);
        else if (what % 16 == 14)
            script.wait(input.word());
        else if (what % 16 == 13)
            script.handshake();
        else
            segment(script, input);
        require(script.tracker.counters().outOfOrderBytes <= limits::outOfOrderBytesTotal,
                "the limit of waiting bytes");
    }
    script.tracker.finish();
    require(script.tracker.counters().connections == 0, "no connection is left");
    require(script.tracker.counters().outOfOrderBytes == 0, "nothing waits");
    for (const auto& connection : script.recorder.connections) {
        require(connection->closed, "closed");
        require(connection->violation.empty(), connection->violation.c_str());
    }
    return 0;
}
