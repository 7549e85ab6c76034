// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/places_from.h"

#include <algorithm>

namespace podglass::connect {

namespace {

PlaceGroup groupOf(const std::string& kind)
{
    if (kind == "host")
        return PlaceGroup::Host;
    if (kind == "pod")
        return PlaceGroup::Pod;
    if (kind == "container")
        return PlaceGroup::Container;
    if (kind == "service")
        return PlaceGroup::Service;
    if (kind == "process")
        return PlaceGroup::Process;
    return kind == "netns" ? PlaceGroup::Namespace : PlaceGroup::Workload;
}

} // namespace

std::vector<Place> placesOf(const wire::TargetList& list, const std::string& host)
{
    std::vector<Place> places;
    places.reserve(list.targets.size());
    for (const wire::Target& target : list.targets) {
        Place place;
        place.key = "target|" + target.spec;
        place.spec = target.spec;
        place.source = host;
        place.group = groupOf(target.kind);
        place.kind = target.kind;
        place.name = target.name.empty() ? target.spec : target.name;
        place.detail = target.detail;
        for (const wire::ListeningPort& port : target.ports) {
            PlacePort listening{port.port, port.process, {}};
            if (std::ranges::find(place.ports, listening) == place.ports.end())
                place.ports.push_back(std::move(listening));
        }
        std::ranges::sort(place.ports, {}, &PlacePort::number);
        places.push_back(std::move(place));
    }
    return places;
}

} // namespace podglass::connect
