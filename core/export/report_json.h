// SPDX-License-Identifier: Apache-2.0
// Reports as JSON objects, one line each. `a` of a connection is the sender of its first packet.
#pragma once

#include "core/export/connection_report.h"

#include <string>

namespace podglass::exporting {

// `firstFrame`: number of the connection's first packet in its file, from 1. `clientFirst`: the
// client sent it.
void appendJson(std::string& out,
                const ConnectionReport& report,
                std::uint64_t firstFrame,
                bool clientFirst);
void appendJson(std::string& out, const ExchangeReport& report);

// One line for people, safe for a terminal.
std::string toText(const ConnectionReport& report);
std::string toText(const ExchangeReport& report);

} // namespace podglass::exporting
