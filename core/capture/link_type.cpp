// SPDX-License-Identifier: Apache-2.0
#include "core/capture/link_type.h"

#include <pcap/pcap.h>

namespace podglass::capture {

std::optional<LinkType> linkTypeOf(int number)
{
    switch (number) {
    case DLT_NULL:
    case DLT_EN10MB:
    case DLT_RAW:
    case DLT_LOOP:
    case DLT_LINUX_SLL:
    case DLT_IPV4:
    case DLT_IPV6:
    case DLT_NFLOG:
    case DLT_LINUX_SLL2:
    case static_cast<int>(LinkType::RawIp):
        return static_cast<LinkType>(number);
    default:
        return std::nullopt;
    }
}

std::string linkTypeText(int number)
{
    const char* name = pcap_datalink_val_to_name(number);
    const std::string digits = std::to_string(number);
    return name != nullptr ? std::string(name) + " (" + digits + ")" : digits;
}

} // namespace podglass::capture
