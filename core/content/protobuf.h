// SPDX-License-Identifier: Apache-2.0
// A protocol buffer read without its schema: field numbers, wire types and values
// (protobuf.dev/programming-guides/encoding), as text to read. What a length-delimited field holds
// is a guess: text where all of it is printable UTF-8, else a message where all of it reads as one,
// else bytes. Pure functions; any thread.
#pragma once

#include "core/bytes/view.h"

#include <optional>
#include <string>

namespace podglass::content {

// Nothing when the bytes are no protocol buffer. An empty one is an empty text.
std::optional<std::string> protobufText(bytes::ByteView message);

// In one line of at most about `length` characters: 1: "qa-7"  2: 150
std::string protobufLine(bytes::ByteView message, std::size_t length);

} // namespace podglass::content
