// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/targets_command.h"

#include "core/export/message_json.h"
#include "core/export/printable.h"

#include <iostream>

namespace podglass::ctl {

namespace {

std::string portsText(const wire::Target& target)
{
    std::string text;
    for (const wire::ListeningPort& port : target.ports)
        text += (text.empty() ? "" : " ") + std::to_string(port.port);
    return text.empty() ? "-" : text;
}

} // namespace

TargetsCommand::TargetsCommand(LiveOptions options, bool json)
    : LiveClient(std::move(options))
    , m_json(json)
{}

void TargetsCommand::connected(const wire::Hello& /*agent*/)
{
    session().listTargets();
}

void TargetsCommand::update(session::Update& update)
{
    if (const auto* failure = std::get_if<wire::Failure>(&update))
        fail(*failure);
    const auto* list = std::get_if<wire::TargetList>(&update);
    if (list == nullptr)
        return;
    for (const wire::Target& target : list->targets) {
        if (m_json)
            std::cout << exporting::toJson(target).dump() << '\n';
        else
            std::cout << exporting::printable(target.spec) << '\t'
                      << exporting::printable(target.name) << '\t' << portsText(target) << '\t'
                      << exporting::printable(target.detail) << '\n';
    }
    if (!list->note.empty())
        std::cerr << "note: " << exporting::printable(list->note) << '\n';
    finish(0);
}

} // namespace podglass::ctl
