// SPDX-License-Identifier: Apache-2.0
// Which of libpcap's link types Podglass decodes.
#pragma once

#include "core/capture/packet.h"

#include <optional>
#include <string>

namespace podglass::capture {

// `number` is a DLT_ value as pcap_datalink() gives it; nothing for those that are not decoded.
std::optional<LinkType> linkTypeOf(int number);

// "IEEE802_11 (105)", for messages.
std::string linkTypeText(int number);

} // namespace podglass::capture
