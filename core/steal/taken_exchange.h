// SPDX-License-Identifier: Apache-2.0
// TakenExchange: one request that a client answers. Plain state of the stream to the taker; the
// proxied connection moves the bytes and decides.
#pragma once

#include "core/parse/http1_parser.h"
#include "core/steal/steal_port.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace podglass::steal {

struct TakerFailed
{
    wire::StealFailure failure = wire::StealFailure::Broken;
    std::string message;
};

struct TakenExchange
{
    TakenExchange(Taking by, std::string requestMethod)
        : taking(std::move(by))
        , method(std::move(requestMethod))
    {
        responses.answering(method);
    }

    Taking taking;
    std::string method;
    base::ExchangeId exchange;
    std::unique_ptr<TakerStream> stream;
    parse::Http1Parser responses{parse::Http1Parser::Kind::Response};
    std::uint16_t status = 0;      // of the last response head
    bool requestKeepAlive = true;  // what the caller and
    bool responseKeepAlive = true; // the taker say of the connection
    bool tunnelAsked = false;
    bool requestEnded = false; // its last byte is cleared
    bool endSent = false;
    bool replayable = true; // every byte that the taker got is still there
    bool answered = false;  // a final head went to the caller
    bool takerEnded = false;
    bool starved = false; // it has more and was not asked
    bool tunnel = false;  // after 101 or CONNECT: bytes both ways, for good
    std::optional<TakerFailed> failed;
};

// Whether the request goes to the service after all: if that is wished for, and always if the taker
// gave it back or went away; it did not fail at it.
bool goesOn(const Taking& taking, const TakerFailed& failed);

// Why the request was not answered, for the caller to read.
std::string badGatewayText(const TakerFailed& failed);

// The same as a whole response (RFC 9110 15.6.3).
std::string badGateway(const TakerFailed& failed, std::string_view method);

} // namespace podglass::steal
