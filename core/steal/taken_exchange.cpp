// SPDX-License-Identifier: Apache-2.0
#include "core/steal/taken_exchange.h"

#include <algorithm>

namespace podglass::steal {

namespace {

constexpr std::size_t messageBytes = 300;

std::string_view reasonOf(wire::StealFailure failure)
{
    switch (failure) {
    case wire::StealFailure::Refused:
        return "the client that took it could not reach its own service";
    case wire::StealFailure::Silent:
        return "the client that took it did not answer in time";
    case wire::StealFailure::Released:
        return "the client that took it let go of this port";
    case wire::StealFailure::Broken:
    case wire::StealFailure::CallerGone:
        break;
    }
    return "the client that took it closed without a valid answer";
}

} // namespace

bool goesOn(const Taking& taking, const TakerFailed& failed)
{
    return taking.onFailure == wire::OnTakerFailure::PassOn
           || failed.failure == wire::StealFailure::Released;
}

std::string badGatewayText(const TakerFailed& failed)
{
    std::string text = "Podglass stole this request, but ";
    text += reasonOf(failed.failure);
    // The message comes from another machine: only plain letters, and not many.
    std::string detail = failed.message.substr(0, messageBytes);
    std::erase_if(detail, [](char byte) { return byte < ' ' || byte > '~'; });
    text += detail.empty() ? ".\n" : ": " + detail + "\n";
    return text;
}

std::string badGateway(const TakerFailed& failed, std::string_view method)
{
    const std::string text = badGatewayText(failed);
    std::string out = "HTTP/1.1 502 Bad Gateway\r\nServer: Podglass\r\nContent-Type: text/plain\r\n"
                      "Connection: close\r\nContent-Length: ";
    out += std::to_string(text.size()) + "\r\n\r\n";
    return method == "HEAD" ? out : out + text;
}

} // namespace podglass::steal
