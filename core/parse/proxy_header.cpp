// SPDX-License-Identifier: Apache-2.0
#include "core/parse/proxy_header.h"

#include "core/base/limits.h"
#include "core/bytes/cursor.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <arpa/inet.h>

namespace podglass::parse {

namespace {

using State = ProxyHeaderRead::State;

constexpr std::string_view textStart = "PROXY ";
constexpr std::size_t longestText = 107; // with its line end (2.1)
constexpr std::string_view binaryStart{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t binaryFixed = 16;

// A prefix of `whole`, or beginning with it.
bool agrees(std::string_view text, std::string_view whole)
{
    const std::size_t common = std::min(text.size(), whole.size());
    return text.substr(0, common) == whole.substr(0, common);
}

std::optional<std::string_view> word(std::string_view& rest)
{
    const std::size_t end = rest.find(' ');
    const std::string_view taken = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    return taken.empty() ? std::nullopt : std::optional(taken);
}

bool readAddress(std::string_view text, bool v6, flow::Endpoint& into)
{
    const std::string terminated(text);
    if (v6)
        return inet_pton(AF_INET6, terminated.c_str(), into.address.data()) == 1;
    in_addr address{};
    if (inet_pton(AF_INET, terminated.c_str(), &address) != 1)
        return false;
    into.address = flow::Endpoint::v4(ntohl(address.s_addr), 0).address;
    return true;
}

bool readPort(std::string_view text, std::uint16_t& into)
{
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, into);
    return error == std::errc() && stopped == end && !(text.size() > 1 && text.front() == '0');
}

// "TCP4 192.0.2.1 192.0.2.2 56324 443"
bool readLine(std::string_view line, flow::ProxyHeader& header)
{
    const auto family = word(line);
    if (family == "UNKNOWN")
        return true; // what follows on the line says nothing
    if (family != "TCP4" && family != "TCP6")
        return false;
    const auto source = word(line);
    const auto destination = word(line);
    const auto sourcePort = word(line);
    const auto destinationPort = word(line);
    header.known = source && destination && sourcePort && destinationPort && line.empty()
                   && readAddress(*source, family == "TCP6", header.source)
                   && readAddress(*destination, family == "TCP6", header.destination)
                   && readPort(*sourcePort, header.source.port)
                   && readPort(*destinationPort, header.destination.port);
    return header.known;
}

ProxyHeaderRead readText(std::string_view text)
{
    const std::size_t feed = text.substr(0, longestText).find('\n');
    if (feed == std::string_view::npos)
        return {text.size() >= longestText ? State::None : State::Incomplete, {}};
    if (feed == 0 || text[feed - 1] != '\r')
        return {};
    const std::size_t end = feed - 1;
    ProxyHeaderRead read{State::Complete, {}};
    read.header.bytes = static_cast<std::uint32_t>(end + 2);
    if (end < textStart.size()
        || !readLine(text.substr(textStart.size(), end - textStart.size()), read.header))
        return {};
    return read;
}

void readBinaryAddresses(bytes::BigReader& reader, bool v6, flow::ProxyHeader& header)
{
    for (flow::Endpoint* end : {&header.source, &header.destination}) {
        if (v6)
            std::ranges::copy(reader.view(end->address.size()), end->address.begin());
        else
            *end = flow::Endpoint::v4(reader.number<std::uint32_t>(), 0);
    }
    header.source.port = reader.number<std::uint16_t>();
    header.destination.port = reader.number<std::uint16_t>();
    header.known = !reader.failed();
}

ProxyHeaderRead readBinary(bytes::ByteView start)
{
    constexpr std::uint8_t version = 0x20;
    if (start.size() > 12 && ((start[12] & 0xf0) != version || (start[12] & 0x0f) > 1))
        return {};
    if (start.size() < binaryFixed)
        return {State::Incomplete, {}};
    const std::size_t length = static_cast<std::size_t>(start[14]) << 8 | start[15];
    if (binaryFixed + length > limits::proxyHeaderBytes)
        return {};
    if (start.size() < binaryFixed + length)
        return {State::Incomplete, {}};
    ProxyHeaderRead read{State::Complete, {}};
    read.header.version = 2;
    read.header.bytes = static_cast<std::uint32_t>(binaryFixed + length);
    const bool local = (start[12] & 0x0f) == 0; // the proxy speaks for itself
    const unsigned family = start[13] >> 4;
    bytes::BigReader reader(start.subspan(binaryFixed, length));
    if (!local && (family == 1 || family == 2))
        readBinaryAddresses(reader, family == 2, read.header);
    return reader.failed() ? ProxyHeaderRead() : read;
}

} // namespace

ProxyHeaderRead readProxyHeader(bytes::ByteView start)
{
    const std::string_view text = bytes::asText(start);
    if (text.empty())
        return {State::Incomplete, {}};
    if (agrees(text, textStart))
        return readText(text);
    if (agrees(text, binaryStart))
        return readBinary(start);
    return {};
}

} // namespace podglass::parse
