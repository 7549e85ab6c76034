// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/start_places.h"

#include "core/session/address.h"
#include "core/session/road_command.h"

#include <algorithm>

#include <QCoreApplication>
#include <QUrl>

namespace podglass::connect {

namespace {

std::string tr(const char* text)
{
    return QCoreApplication::translate("startPlaces", text).toStdString();
}

Place place(PlaceGroup group, std::string kind, std::string name, std::string address)
{
    Place made;
    made.key = kind + '|' + address + '|' + name;
    made.spec = std::move(address);
    made.group = group;
    made.kind = std::move(kind);
    made.name = std::move(name);
    return made;
}

std::string sshAddress(const std::string& host, std::uint16_t port)
{
    session::Address address;
    address.road.kind = session::RoadKind::Ssh;
    address.road.host = host;
    address.road.port = port;
    return session::print(address);
}

// "name" or "[name]:port"
Place knownPlace(const std::string& written)
{
    std::string host = written;
    std::uint16_t port = 0;
    if (const std::size_t end = written.rfind("]:");
        written.starts_with('[') && end != std::string::npos) {
        host = written.substr(1, end - 1);
        port = QString::fromStdString(written.substr(end + 2)).toUShort();
    }
    Place known = place(PlaceGroup::Host, "host", host, sshAddress(host, port));
    known.detail = tr("seen before (known_hosts)");
    if (port != 0)
        known.detail += ", port " + std::to_string(port);
    return known;
}

// "orders on prod-bastion": an address is long, and differs from others in its middle.
std::string shortName(const std::string& written)
{
    const auto address = session::parseAddress(written);
    if (!address || address.value().target.empty())
        return written;
    const std::string& target = address.value().target;
    std::string name = target.substr(target.find(':') + 1);
    const session::Road& road = address.value().road;
    // The current context has no name; and "this" is what finds this machine itself.
    if (road.host.empty())
        return name;
    return QCoreApplication::translate("startPlaces", "%1 on %2")
        .arg(QString::fromStdString(name), QString::fromStdString(session::nameOf(road)))
        .toStdString();
}

} // namespace

Place thisMachine()
{
    // Before all hosts: it is what an Enter without thinking may open.
    Place local = place(PlaceGroup::Saved, "host", tr("This machine"), "local");
    local.detail = tr("what runs here; capturing needs root or CAP_NET_RAW");
    return local;
}

std::vector<Place> placesOf(const targets::SshConfig& config)
{
    std::vector<Place> places;
    for (const std::string& alias : config.hosts()) {
        const targets::SshHost host = config.lookup(alias);
        Place made = place(PlaceGroup::Host, "host", alias, sshAddress(alias, 0));
        made.detail = (host.user.empty() ? "" : host.user + "@") + host.hostName;
        if (host.port != 22)
            made.detail += ":" + std::to_string(host.port);
        if (!host.jump.empty())
            made.detail += tr(" by way of ") + host.jump;
        made.detail += " (ssh_config)";
        places.push_back(std::move(made));
    }
    return places;
}

std::vector<Place> knownPlaces(const std::vector<std::string>& names,
                               const targets::SshConfig& config)
{
    std::vector<std::string> configured = config.hosts();
    for (const std::string& alias : config.hosts())
        configured.push_back(config.lookup(alias).hostName);
    std::vector<Place> places;
    for (const std::string& name : names) {
        if (std::ranges::find(configured, name) == configured.end())
            places.push_back(knownPlace(name));
    }
    return places;
}

std::vector<Place> placesOf(const std::vector<kubernetes::Context>& contexts)
{
    std::vector<Place> places;
    for (const kubernetes::Context& context : contexts) {
        const QByteArray escaped = QUrl::toPercentEncoding(QString::fromStdString(context.name));
        Place made =
            place(PlaceGroup::Context, "context", context.name, "k8s/" + escaped.toStdString());
        made.detail = context.server;
        if (context.current)
            made.detail += tr(", current");
        if (context.insecureSkipTlsVerify)
            made.detail += tr(", certificate is not checked");
        places.push_back(std::move(made));
    }
    return places;
}

std::vector<Place> placesOf(const std::vector<SavedAddress>& saved)
{
    std::vector<Place> places;
    for (const SavedAddress& each : saved) {
        const bool named = !each.name.empty();
        const std::string name = named ? each.name : shortName(each.address);
        Place made = place(PlaceGroup::Saved, named ? "saved" : "recent", name, each.address);
        if (name != each.address)
            made.detail = each.address + (each.viewOnly ? tr(", view only") : std::string());
        places.push_back(std::move(made));
    }
    return places;
}

} // namespace podglass::connect
