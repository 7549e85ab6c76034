// SPDX-License-Identifier: Apache-2.0
#include "core/flow/event.h"

#include "core/flow/body_facts.h"

#include <algorithm>

#include <arpa/inet.h>

namespace podglass::flow {

namespace {

constexpr std::array<std::uint8_t, 12> mappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

} // namespace

Endpoint Endpoint::v4(std::uint32_t hostOrderAddress, std::uint16_t port)
{
    Endpoint endpoint;
    std::ranges::copy(mappedPrefix, endpoint.address.begin());
    for (std::size_t i = 0; i < 4; ++i)
        endpoint.address[12 + i] = static_cast<std::uint8_t>(hostOrderAddress >> (24 - 8 * i));
    endpoint.port = port;
    return endpoint;
}

bool Endpoint::isV4() const
{
    return std::equal(mappedPrefix.begin(), mappedPrefix.end(), address.begin());
}

std::string Endpoint::addressText() const
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (isV4())
        inet_ntop(AF_INET, address.data() + 12, text.data(), text.size());
    else
        inet_ntop(AF_INET6, address.data(), text.data(), text.size());
    return text.data();
}

std::string Endpoint::text() const
{
    const std::string host = addressText();
    return (isV4() ? host : "[" + host + "]") + ":" + std::to_string(port);
}

std::uint64_t payloadBytes(const Event& event)
{
    return std::visit([](const auto& body) { return payloadOf(body); }, event.body);
}

bool beginsMessage(const Event& event)
{
    return std::visit(
        [](const auto& body) { return beginsMessageAs<std::remove_cvref_t<decltype(body)>>; },
        event.body);
}

} // namespace podglass::flow
