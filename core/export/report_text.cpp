// SPDX-License-Identifier: Apache-2.0
#include "core/export/event_json.h"
#include "core/export/printable.h"
#include "core/export/report_json.h"

#include <array>
#include <charconv>
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

// As "%.2f" prints it, which took more than a tenth of the time that a whole capture takes.
std::string withHundredths(double number)
{
    std::array<char, 400> text{}; // the longest double there is
    const auto end =
        std::to_chars(text.begin(), text.end(), number, std::chars_format::fixed, 2).ptr;
    return {text.begin(), end};
}

std::string duration(base::Duration length)
{
    const double milliseconds = static_cast<double>(length.count()) / 1e6;
    return milliseconds < 1000 ? withHundredths(milliseconds) + " ms"
                               : withHundredths(milliseconds / 1000) + " s";
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
    std::string line;
    if (report.hasRequest)
        line.append(printable(report.method)).append(" ").append(printable(report.target));
    else
        line += "(request not seen)";
    line.append("  ").append(report.status == 0 ? "-" : std::to_string(report.status));
    line.append("  ").append(size(report.requestBodyBytes)).append(" up, ");
    line.append(size(report.responseBodyBytes)).append(" down  ");
    line += duration(base::elapsed(report.requestAt, report.endedAt));
    line += fate("request", report.requestFate);
    return line += fate("response", report.responseFate);
}

} // namespace podglass::exporting
