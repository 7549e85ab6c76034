// SPDX-License-Identifier: Apache-2.0
// Plays a connection to the parser, act by act, with every way of cutting its data that the Chunker
// knows, and gives the account that all cuts must agree on.
#pragma once

#include "core/parse/connection_parser.h"

#include "tests/support/chunker.h"
#include "tests/support/event_text.h"

namespace podglass::tests {

// What happens on a connection, in order.
struct Act
{
    enum class What : std::uint8_t
    {
        Data,
        Gap,
        Finish,
    };

    What what = What::Data;
    flow::Direction direction = flow::Direction::ClientToServer;
    std::string text;
    std::uint64_t gap = 0;
};

using Script = std::vector<Act>;

inline constexpr flow::Direction up = flow::Direction::ClientToServer;
inline constexpr flow::Direction down = flow::Direction::ServerToClient;

inline Act c(std::string text)
{
    return {Act::What::Data, up, std::move(text)};
}

inline Act s(std::string text)
{
    return {Act::What::Data, down, std::move(text)};
}

// In the order given: parts may come from a writer that has a state, and `+` has no order.
inline std::string joined(std::initializer_list<std::string> parts)
{
    std::string all;
    for (const std::string& part : parts)
        all += part;
    return all;
}

inline Act c(std::initializer_list<std::string> parts)
{
    return c(joined(parts));
}

inline Act s(std::initializer_list<std::string> parts)
{
    return s(joined(parts));
}

inline Act gapOf(flow::Direction direction, std::uint64_t length)
{
    return {Act::What::Gap, direction, {}, length};
}

inline Act fin(flow::Direction direction)
{
    return {Act::What::Finish, direction, {}};
}

struct Setting
{
    parse::ParseOptions options{1 << 20};
    bool joinedLate = false;
    flow::CloseReason close = flow::CloseReason::Finished;
};

// Plays a script whose data is cut as `pieces` say; acts are never merged. Acts are one
// millisecond apart, so that time does not depend on the cuts.
inline std::string play(const Script& script, const Setting& setting, const Pieces& pieces)
{
    EventText text;
    parse::Ids ids;
    parse::ParserFactory factory(text, {1}, ids, setting.options);
    flow::ConnectionOpened opened{flow::Endpoint::v4(0x0a000001, 1000),
                                  flow::Endpoint::v4(0x0a000002, 80)};
    opened.joinedLate = setting.joinedLate;
    const auto sink = factory.open({1}, opened, {});
    std::array<std::uint64_t, 2> offsets{};
    std::size_t piece = 0;
    std::size_t inPiece = 0;
    base::Timestamp time;
    for (const Act& act : script) {
        std::uint64_t& offset = offsets.at(static_cast<std::size_t>(act.direction));
        time.nanoseconds += 1'000'000;
        if (act.what == Act::What::Gap) {
            sink->gap({act.direction, offset, act.gap}, time);
            offset += act.gap;
        } else if (act.what == Act::What::Finish) {
            sink->finished(act.direction, time);
        }
        std::string_view rest = act.text;
        while (!rest.empty()) {
            const std::size_t length = std::min(rest.size(), pieces[piece].size() - inPiece);
            sink->data(act.direction, offset, bytes::asBytes(rest.substr(0, length)), time);
            offset += length;
            rest.remove_prefix(length);
            inPiece += length;
            if (inPiece == pieces[piece].size()) {
                ++piece;
                inPiece = 0;
            }
        }
    }
    sink->closed({setting.close, up, offsets}, time);
    return text.text();
}

// The account, or "CUT: " and the first cut that gave another one.
inline std::string played(const Script& script, const Setting& setting = {})
{
    std::string all;
    for (const Act& act : script)
        all += act.text;
    const ChunkerResult result =
        everyCut(all, [&](const Pieces& pieces) { return play(script, setting, pieces); });
    return result.difference.empty() ? result.account : "CUT: " + result.difference;
}

// The account without its first and last line.
inline std::string between(const std::string& account)
{
    const std::size_t first = account.find('\n') + 1;
    const std::size_t last = account.rfind("closed");
    return account.substr(0, 5) == "open " && last != std::string::npos
               ? account.substr(first, last - first)
               : account;
}

} // namespace podglass::tests
