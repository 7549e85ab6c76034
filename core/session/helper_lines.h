// SPDX-License-Identifier: Apache-2.0
// The JSON lines of podglass-ssh (app/ssh/control.h), from the session's side. Pure.
#pragma once

#include "core/session/carrier.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace podglass::session {

struct Nothing
{};

// The channel stands: its next byte is the command's or the forwarded connection's.
struct Reached
{};

using HelperLine = std::variant<Nothing, Reached, Step, Prompt, Loss>;

// Nothing: a line that is not understood.
HelperLine parseHelperLine(std::string_view line);

std::string answerLine(std::uint32_t prompt, const std::optional<std::string>& text);

// Overwrites and empties; answers are secrets.
void wipe(std::string& text);

} // namespace podglass::session
