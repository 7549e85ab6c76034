// SPDX-License-Identifier: Apache-2.0
#include "core/agent/host/network_files.h"

#include "core/telemetry/text_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <set>

#include <arpa/inet.h>

namespace podglass::agent {

namespace {

using telemetry::takeLine;
using telemetry::takeWord;

constexpr std::string_view listening = "0A"; // TCP_LISTEN
constexpr std::string_view timeWait = "06";  // TCP_TIME_WAIT

template <typename Number>
std::optional<Number> hexNumber(std::string_view text)
{
    Number number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number, 16);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size())
        return std::nullopt;
    return number;
}

std::string textOf(int family, const void* address)
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    return ::inet_ntop(family, address, text.data(), text.size()) != nullptr ? text.data() : "";
}

// The kernel prints each 32-bit word of the address as a number of its own byte order.
std::optional<std::string> readAddress(std::string_view hex, bool version6)
{
    const std::size_t words = version6 ? 4 : 1;
    if (hex.size() != words * 8)
        return std::nullopt;
    std::array<std::uint32_t, 4> address{};
    for (std::size_t i = 0; i < words; ++i) {
        const auto word = hexNumber<std::uint32_t>(hex.substr(i * 8, 8));
        if (!word)
            return std::nullopt;
        address[i] = *word;
    }
    return textOf(version6 ? AF_INET6 : AF_INET, address.data());
}

// Of "0100007F:1F90".
std::optional<std::uint16_t> portOf(std::string_view end)
{
    const std::size_t colon = end.find(':');
    return colon == std::string_view::npos ? std::nullopt
                                           : hexNumber<std::uint16_t>(end.substr(colon + 1));
}

std::optional<ListeningSocket> readListener(std::string_view line, bool version6)
{
    takeWord(line); // "0:"
    const std::string_view own = takeWord(line);
    takeWord(line); // the peer
    if (takeWord(line) != listening)
        return std::nullopt;
    for (int skipped = 0; skipped < 5; ++skipped)
        takeWord(line); // queues, timer, retransmissions, uid, timeout
    const auto inode = telemetry::asNumber(takeWord(line));
    const std::size_t colon = own.find(':');
    if (!inode || colon == std::string_view::npos)
        return std::nullopt;
    const auto address = readAddress(own.substr(0, colon), version6);
    const auto port = portOf(own);
    if (!address || !port)
        return std::nullopt;
    return ListeningSocket{*port, *address, *inode};
}

} // namespace

std::vector<ListeningSocket> listenersIn(std::string_view tcpFile, bool version6)
{
    std::vector<ListeningSocket> listeners;
    takeLine(tcpFile); // the heading
    while (!tcpFile.empty()) {
        if (auto listener = readListener(takeLine(tcpFile), version6))
            listeners.push_back(*std::move(listener));
    }
    return listeners;
}

std::vector<std::uint16_t> peerPortsIn(std::string_view tcpFile, std::uint16_t port)
{
    std::set<std::uint16_t> peers;
    takeLine(tcpFile); // the heading
    while (!tcpFile.empty()) {
        std::string_view line = takeLine(tcpFile);
        takeWord(line); // "0:"
        const auto own = portOf(takeWord(line));
        const auto peer = portOf(takeWord(line));
        const std::string_view state = takeWord(line);
        if (own == port && peer && state != listening && state != timeWait)
            peers.insert(*peer);
    }
    return {peers.begin(), peers.end()};
}

std::vector<std::string> addressesInFibTrie(std::string_view fibTrie)
{
    std::vector<std::string> addresses;
    std::string_view candidate;
    while (!fibTrie.empty()) {
        std::string_view line = takeLine(fibTrie);
        const std::string_view first = takeWord(line);
        if (first == "|--")
            candidate = takeWord(line);
        const bool own = first == "/32" && takeWord(line) == "host" && takeWord(line) == "LOCAL";
        if (!own || candidate.starts_with("127.") || candidate.starts_with("169.254."))
            continue;
        // The file holds each address twice: in the main and in the local table.
        if (std::ranges::find(addresses, candidate) == addresses.end())
            addresses.emplace_back(candidate);
    }
    return addresses;
}

std::vector<std::string> addressesInIfInet6(std::string_view ifInet6)
{
    std::vector<std::string> addresses;
    while (!ifInet6.empty()) {
        std::string_view line = takeLine(ifInet6);
        const std::string_view hex = takeWord(line);
        std::array<std::uint8_t, 16> address{};
        bool good = hex.size() == 32;
        for (std::size_t i = 0; good && i < address.size(); ++i) {
            const auto byte = hexNumber<std::uint8_t>(hex.substr(i * 2, 2));
            good = byte.has_value();
            address[i] = byte.value_or(0);
        }
        const bool linkLocal = address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
        const std::string text = good ? textOf(AF_INET6, address.data()) : "";
        if (!text.empty() && text != "::1" && !linkLocal)
            addresses.push_back(text);
    }
    return addresses;
}

} // namespace podglass::agent
