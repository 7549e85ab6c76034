// SPDX-License-Identifier: Apache-2.0
#include "core/export/event_json.h"
#include "core/export/printable.h"
#include "core/export/report_json.h"

#include <array>
#include <cstdio>

namespace podglass::exporting {

namespace {

std::string size(std::uint64_t bytes)
{
    constexpr std::array<const char*, 4> units{"KiB", "MiB", "GiB", "TiB"};
    if (bytes < 1024)
        return std::to_string(bytes) + " B";
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < units.size()) {
        value /= 1024;
        ++unit;
    }
    std::array<char, 40> text{};
    (void)std::snprintf(text.data(), text.size(), "%.1f %s", value, units.at(unit));
    return text.data();
}

std::string duration(base::Duration length)
{
    const double milliseconds = static_cast<double>(length.count()) / 1e6;
    std::array<char, 40> text{};
    if (milliseconds < 1000)
        (void)std::snprintf(text.data(), text.size(), "%.2f ms", milliseconds);
    else
        (void)std::snprintf(text.data(), text.size(), "%.2f s", milliseconds / 1000);
    return text.data();
}

std::string tlsVersion(std::uint16_t version)
{
    constexpr std::uint16_t tls10 = 0x0301;
    return version >= tls10 ? "1." + std::to_string(version - tls10) : "SSL";
}

std::string fate(const char* of, const std::optional<flow::MessageFate>& fate)
{
    if (!fate || *fate == flow::MessageFate::Complete)
        return {};
    return std::string("  [") + of + " " + nameOf(*fate) + "]";
}

} // namespace

std::string toText(const ConnectionReport& report)
{
    std::string line = report.opened.client.text() + " -> " + report.opened.server.text() + "  "
                       + nameOf(report.protocol);
    if (!report.protocolDetail.empty())
        line += " " + printable(report.protocolDetail);
    if (report.tlsVersion != 0)
        line += " " + tlsVersion(report.tlsVersion);
    if (!report.alpn.empty())
        line += " alpn " + printable(report.alpn);
    if (report.source)
        line += "  for " + report.source->text() + " by proxy";
    line += "  " + size(report.streams[0].bytes) + " up, " + size(report.streams[1].bytes)
            + " down  " + duration(base::elapsed(report.openedAt, report.closedAt)) + "  "
            + nameOf(report.closed.reason);
    if (report.opened.joinedLate)
        line += "  joined late";
    for (const std::string& anomaly : report.anomalies)
        line += "  !" + anomaly;
    return line;
}

std::string toText(const ExchangeReport& report)
{
    std::string line = report.hasRequest ? printable(report.method) + " " + printable(report.target)
                                         : "(request not seen)";
    line += "  " + (report.status == 0 ? std::string("-") : std::to_string(report.status));
    line += "  " + size(report.requestBodyBytes) + " up, " + size(report.responseBodyBytes)
            + " down  " + duration(base::elapsed(report.requestAt, report.endedAt));
    return line + fate("request", report.requestFate) + fate("response", report.responseFate);
}

} // namespace podglass::exporting
