// SPDX-License-Identifier: Apache-2.0
#include "core/agent/interface_set.h"

#include "core/capture/network_namespace.h"

#include <optional>

#include <sys/epoll.h>

namespace podglass::agent {

InterfaceSet::InterfaceSet(io::Loop& loop, Take take)
    : m_loop(loop)
    , m_take(std::move(take))
{}

InterfaceSet::~InterfaceSet()
{
    while (!m_sources.empty())
        closeOne(m_sources.begin()->first);
}

base::Result<bool> InterfaceSet::refresh()
{
    const auto listed = capture::listInterfaces(m_route);
    if (!listed)
        return listed.error();
    std::map<std::uint32_t, std::string> present;
    for (const capture::Interface& interface : *listed) {
        if (interface.up)
            present.emplace(interface.index, interface.name);
    }
    bool changed = closeVanished(present);
    std::optional<base::Error> failed;
    m_note.clear();
    for (const auto& [index, name] : present) {
        if (m_sources.contains(index))
            continue;
        const base::Status opened = openOne(index, name);
        changed = changed || opened;
        if (opened)
            continue;
        failed = opened.error();
        m_note += (m_note.empty() ? "" : "; ") + failed->text();
    }
    if (m_sources.empty() && failed)
        return *failed;
    return changed;
}

bool InterfaceSet::closeVanished(const std::map<std::uint32_t, std::string>& present)
{
    std::vector<std::uint32_t> gone;
    for (const auto& [index, source] : m_sources) {
        const auto found = present.find(index);
        if (found == present.end() || found->second != source.name)
            gone.push_back(index);
    }
    for (const std::uint32_t index : gone)
        closeOne(index);
    return !gone.empty();
}

base::Status InterfaceSet::openOne(std::uint32_t index, const std::string& name)
{
    auto opened = capture::LiveSource::open({name, index});
    if (!opened)
        return opened.error();
    auto live = std::make_unique<capture::LiveSource>(std::move(opened).value());
    if (const auto filtered = live->setFilter(m_filter); !filtered)
        return filtered.error();
    m_loop.watch(live->descriptor(), EPOLLIN, [this, index](auto) { onReadable(index); });
    m_sources.emplace(index, Source{name, std::move(live)});
    return base::Done{};
}

void InterfaceSet::onReadable(std::uint32_t index)
{
    if (!m_take(*m_sources.at(index).live))
        closeOne(index); // it went away; refresh() brings it back if it is still there
}

void InterfaceSet::closeOne(std::uint32_t index)
{
    const auto found = m_sources.find(index);
    m_dropsOfClosed += found->second.live->takeDrops();
    m_loop.unwatch(found->second.live->descriptor());
    m_sources.erase(found);
}

void InterfaceSet::setFilter(const capture::PortFilter& filter)
{
    m_filter = filter;
    for (auto& [index, source] : m_sources) {
        if (const auto status = source.live->setFilter(filter); !status)
            m_note = status.error().text();
    }
}

std::vector<std::string> InterfaceSet::names() const
{
    std::vector<std::string> names;
    for (const auto& [index, source] : m_sources)
        names.push_back(source.name);
    return names;
}

std::uint64_t InterfaceSet::takeDrops()
{
    std::uint64_t drops = std::exchange(m_dropsOfClosed, 0);
    for (auto& [index, source] : m_sources)
        drops += source.live->takeDrops();
    return drops;
}

std::size_t InterfaceSet::ringBytes() const
{
    std::size_t bytes = 0;
    for (const auto& [index, source] : m_sources)
        bytes += capture::ringBytesOf(source.name);
    return bytes;
}

} // namespace podglass::agent
