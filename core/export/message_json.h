// SPDX-License-Identifier: Apache-2.0
// What the agent says besides events, as one JSON object each: for podglassctl and logs. Every
// object has "kind".
#pragma once

#include "core/wire/message.h"

#include <nlohmann/json.hpp>

namespace podglass::exporting {

nlohmann::json toJson(const wire::Target& target);
nlohmann::json toJson(const wire::PortState& state);
nlohmann::json toJson(const wire::DeliveryState& state);
nlohmann::json toJson(const wire::TlsState& state);
nlohmann::json toJson(const wire::OldEnded& ended);
nlohmann::json toJson(const wire::Telemetry& telemetry);

} // namespace podglass::exporting
