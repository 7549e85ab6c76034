// SPDX-License-Identifier: Apache-2.0
// Who answers stolen requests, and what a person decides about one that is held. Plain values.
#pragma once

#include "core/base/id.h"
#include "core/flow/event.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace podglass::session {

struct Taker
{
    enum class Kind : std::uint8_t
    {
        Address, // connect to host:port for each stolen request
        Fixed,   // answer with status, headers and body
        Held,    // wait for a person's Release
    };

    enum class Speaks : std::uint8_t
    {
        AsCaller, // HTTP/2 callers need a program that speaks HTTP/2 without TLS
        Http1,    // HTTP/2 is translated
    };

    Kind kind = Kind::Address;
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    Speaks speaks = Speaks::AsCaller;
    bool tls = false;    // Address: by TLS
    std::string tlsCa;   // PEM file of who must have signed its certificate; empty: the system's,
                         // and on this machine anybody
    std::string tlsName; // to ask for, and to be in the certificate; empty: the host

    // Fixed:
    std::uint16_t status = 503;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::string bodyFile; // read for each answer, in the place of `body`; empty: none
};

// A stolen request that waits. HTTP/1.1 whatever its caller spoke.
struct Held
{
    std::uint64_t id = 0; // unique in the session
    base::ExchangeId exchange;
    std::uint16_t port = 0;
    flow::Endpoint client;
    std::string head; // request line and field lines, without the empty line
    std::string body; // transfer coding removed
    std::chrono::seconds patience{};
};

// It waits no more: released, timed out, its caller gone, the agent gone.
struct HeldOver
{
    std::uint64_t id = 0;
    std::string why;
};

// A release that could not be: the edited request or the answer has an error.
struct HeldRefused
{
    std::uint64_t id = 0;
    std::string why;
};

struct Release
{
    enum class To : std::uint8_t
    {
        Original, // as it was, to the service that it was meant for
        Address,  // as it is here, to answer.host:port
        Answer,   // with answer.status, headers, body
    };

    To to = To::Original;
    Taker answer;
    std::string head; // Address: edited; its length fields are put right
    std::string body;
};

} // namespace podglass::session
