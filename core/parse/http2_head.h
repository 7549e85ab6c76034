// SPDX-License-Identifier: Apache-2.0
// What a decoded field section of HTTP/2 says (RFC 9113 8.2, 8.3): pseudo-header fields apart from
// the others, and what an endpoint would refuse flagged Malformed. Views go into the given fields.
#pragma once

#include "core/flow/event.h"

#include <optional>
#include <vector>

namespace podglass::parse {

struct Http2Head
{
    std::string_view method;
    std::string_view target;
    std::uint16_t status = 0;
    std::uint16_t flags = 0; // flow::MessageFlag bits
    std::vector<flow::HeaderField> fields;
    std::optional<std::uint64_t> contentLength; // the one value, where it is a number
    bool grpc = false;                          // content-type application/grpc, not in base64
};

// Of gRPC or gRPC-Web, not in base64.
bool isGrpc(std::string_view contentType);

Http2Head readHttp2Request(std::span<const flow::HeaderField> section);
Http2Head readHttp2Response(std::span<const flow::HeaderField> section);
Http2Head readHttp2Trailers(std::span<const flow::HeaderField> section);

} // namespace podglass::parse
