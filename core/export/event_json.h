// SPDX-License-Identifier: Apache-2.0
// Flow events as JSON, one object each, for podglassctl and scripts. Every object has "kind",
// "connection" and "at" (nanoseconds since the Unix epoch). Bytes are "text" when they are valid
// UTF-8, else "base64". Values of fields that carry secrets are "***" unless revealed; raw heads
// are left out, since they hold the same values.
#pragma once

#include "core/export/secrets.h"
#include "core/flow/event.h"

#include <nlohmann/json.hpp>

namespace podglass::exporting {

nlohmann::json toJson(const flow::Event& event, Secrets secrets);

// Short lower-case words for programs: "overlap", "cut-by-close", "http/1".
const char* nameOf(flow::AnomalyKind kind);
const char* nameOf(flow::MessageFate fate);
const char* nameOf(flow::Protocol protocol);
const char* nameOf(flow::CloseReason reason);
const char* nameOf(flow::GapKind kind);
const char* nameOf(flow::LossPlace place);
const char* nameOf(flow::Decision decision);
const char* nameOf(flow::Origin origin);
const char* nameOf(flow::Direction direction);

} // namespace podglass::exporting
