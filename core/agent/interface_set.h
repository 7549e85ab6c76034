// SPDX-License-Identifier: Apache-2.0
// InterfaceSet: a LiveSource on every interface that is up, lo included, of the namespace of
// the socket it lists by. An interface that vanishes takes only its own source with it; one that
// appears gets one. Bridges and veths of the same namespace can show a packet twice; reassembly
// knows both as one connection and drops the copy. Thread: the capture thread.
#pragma once

#include "core/capture/live_source.h"
#include "core/io/loop.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace podglass::agent {

class InterfaceSet
{
public:
    // Takes some packets of a source that has some; an Error when its interface is gone.
    using Take = std::function<base::Result<std::size_t>(capture::LiveSource& source)>;

    InterfaceSet(io::Loop& loop, Take take);
    InterfaceSet(const InterfaceSet&) = delete;
    InterfaceSet& operator=(const InterfaceSet&) = delete;
    ~InterfaceSet();

    // Opens what is new, closes what is gone. True: something changed. An error: not one interface
    // can be captured.
    base::Result<bool> refresh();

    // The socket that refresh() asks; before the first one.
    void listBy(io::Fd routeSocket) { m_route = std::move(routeSocket); }

    void setFilter(const capture::PortFilter& filter);

    [[nodiscard]] std::vector<std::string> names() const;

    [[nodiscard]] const std::string& note() const { return m_note; }

    std::uint64_t takeDrops();
    [[nodiscard]] std::size_t ringBytes() const;

private:
    struct Source
    {
        std::string name;
        std::unique_ptr<capture::LiveSource> live;
    };

    bool closeVanished(const std::map<std::uint32_t, std::string>& present);
    base::Status openOne(std::uint32_t index, const std::string& name);
    void onReadable(std::uint32_t index);
    void closeOne(std::uint32_t index);

    io::Loop& m_loop;
    io::Fd m_route;
    Take m_take;
    std::map<std::uint32_t, Source> m_sources; // by interface index
    capture::PortFilter m_filter;
    std::string m_note;
    std::uint64_t m_dropsOfClosed = 0;
};

} // namespace podglass::agent
