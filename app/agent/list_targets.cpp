// SPDX-License-Identifier: Apache-2.0
#include "app/agent/list_targets.h"

#include "core/agent/host/host_targets.h"

#include <algorithm>

namespace podglass::app {

namespace {

std::string shown(std::string text)
{
    const auto control = [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; };
    std::ranges::replace_if(text, control, '?');
    return text;
}

std::string portText(const wire::ListeningPort& port)
{
    const bool version6 = port.address.find(':') != std::string::npos;
    const std::string host = version6 ? "[" + port.address + "]" : port.address;
    return host + ":" + std::to_string(port.port)
           + (port.process.empty() ? "" : " (" + shown(port.process) + ")");
}

std::string paragraph(const wire::Target& target)
{
    std::string text = target.spec + "\n  " + target.kind + " " + shown(target.name);
    if (!target.detail.empty())
        text += ": " + shown(target.detail);
    text += '\n';
    for (const std::string& address : target.addresses)
        text += "  address " + address + "\n";
    for (const wire::ListeningPort& port : target.ports)
        text += "  listens on " + portText(port) + "\n";
    return text;
}

} // namespace

std::string targetListText()
{
    const agent::HostTargets found = agent::listHostTargets("/");
    std::string text;
    for (const wire::Target& target : found.targets)
        text += paragraph(target);
    if (!found.note.empty())
        text += "note: " + found.note + "\n";
    return text;
}

} // namespace podglass::app
