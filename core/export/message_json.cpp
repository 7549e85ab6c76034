// SPDX-License-Identifier: Apache-2.0
#include "core/export/message_json.h"

#include "core/export/printable.h"

namespace podglass::exporting {

namespace {

using nlohmann::json;

std::string modeText(wire::Mode mode)
{
    switch (mode) {
    case wire::Mode::Off:
        return "off";
    case wire::Mode::Mirror:
        return "mirror";
    case wire::Mode::Steal:
        return "steal";
    }
    return "?";
}

json toJson(const wire::MemorySample& memory)
{
    return {{"anonymous", memory.anonymous},
            {"page_cache", memory.pageCache},
            {"kernel", memory.kernel},
            {"capture_ring", memory.captureRing},
            {"limit", memory.limit},
            {"of_cgroup", memory.ofCgroup}};
}

} // namespace

json toJson(const wire::Target& target)
{
    json ports = json::array();
    for (const wire::ListeningPort& port : target.ports)
        ports.push_back({{"port", port.port},
                         {"address", validUtf8(port.address)},
                         {"process", validUtf8(port.process)}});
    json addresses = json::array();
    for (const std::string& address : target.addresses)
        addresses.push_back(validUtf8(address));
    return {{"kind", "target"},
            {"spec", validUtf8(target.spec)},
            {"type", validUtf8(target.kind)},
            {"name", validUtf8(target.name)},
            {"detail", validUtf8(target.detail)},
            {"pid", target.pid},
            {"ports", ports},
            {"addresses", addresses}};
}

json toJson(const wire::PortState& state)
{
    json others = json::array();
    for (const std::string& client : state.otherClients)
        others.push_back(validUtf8(client));
    return {{"kind", "port_state"},
            {"target", state.target.value},
            {"port", state.port},
            {"mode", modeText(state.mode)},
            {"revision", state.revision},
            {"refused", state.refused},
            {"message", validUtf8(state.message)},
            {"rules", validUtf8(state.rules)},
            {"old_connections", state.oldConnections},
            {"other_clients", others}};
}

json toJson(const wire::TlsState& state)
{
    return {{"kind", "tls"},
            {"target", state.target.value},
            {"port", state.port},
            {"certificate", validUtf8(state.certificate)},
            {"terminated", state.terminated},
            {"untouched", state.untouched},
            {"failed", state.failed},
            {"under_way", state.underWay},
            {"problem", validUtf8(state.problem)}};
}

json toJson(const wire::OldEnded& ended)
{
    return {{"kind", "old-ended"},
            {"target", ended.target.value},
            {"port", ended.port},
            {"ended", ended.ended},
            {"left", ended.left}};
}

json toJson(const wire::DeliveryState& state)
{
    // Of what was offered, what arrives; 1 when nothing was offered yet.
    const double ratio = state.offeredBytes == 0 ? 1.0
                                                 : static_cast<double>(state.deliveredBytes)
                                                       / static_cast<double>(state.offeredBytes);
    return {{"kind", "delivery"},
            {"target", state.target.value},
            {"port", state.port},
            {"ratio", ratio},
            {"connections", state.connections},
            {"connections_left_out", state.connectionsLeftOut},
            {"events",
             {{"offered", state.offeredEvents},
              {"delivered", state.deliveredEvents},
              {"lost", state.lostEvents},
              {"by_own_limits", state.budgetEvents}}},
            {"bytes",
             {{"offered", state.offeredBytes},
              {"delivered", state.deliveredBytes},
              {"lost", state.lostBytes},
              {"by_own_limits", state.budgetBytes}}},
            {"bytes_per_second", state.bytesPerSecond}};
}

json toJson(const wire::Telemetry& t)
{
    return {
        {"kind", "telemetry"},
        {"at", t.at},
        {"agent_memory", toJson(t.agent)},
        {"target_memory", toJson(t.target)},
        {"lag", {{"events", t.lag.events}, {"bytes", t.lag.bytes}, {"us", t.lag.microseconds}}},
        {"ring", {{"used", t.ringUsed}, {"size", t.ringSize}}},
        {"events",
         {{"offered", t.offeredEvents}, {"delivered", t.deliveredEvents}, {"lost", t.lostEvents}}},
        {"bytes",
         {{"offered", t.offeredBytes}, {"delivered", t.deliveredBytes}, {"lost", t.lostBytes}}},
        {"packets", t.packets},
        {"packet_bytes", t.packetBytes},
        {"kernel_drops", t.kernelDrops},
        {"malformed_packets", t.malformedPackets},
        {"open_connections", t.openConnections},
        {"proxied_connections", t.proxiedConnections},
        {"clients", t.clients},
        {"cpu_us", t.cpuMicroseconds}};
}

} // namespace podglass::exporting
