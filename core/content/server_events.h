// SPDX-License-Identifier: Apache-2.0
// ServerEvents: a text/event-stream, bytes in as they come, events out (HTML Living
// Standard 9.2.6). One event is kept at a time, at most limits::messageViewBytes of it. Thread:
// one.
#pragma once

#include "core/bytes/view.h"

#include <functional>
#include <string>

namespace podglass::content {

struct ServerEvent
{
    std::string type;        // empty: "message"
    std::string data;        // lines with line feeds between
    std::string id;          // empty: none given
    bool comment = false;    // a line for keeping the connection alive
    bool cut = false;        // longer than what is kept
    std::uint64_t begin = 0; // in the stream
    std::uint64_t end = 0;
};

class ServerEvents
{
public:
    // Calls `found` for each event that ends in `data`.
    void feed(bytes::ByteView data, const std::function<void(const ServerEvent&)>& found);

private:
    void line(const std::function<void(const ServerEvent&)>& found);
    void field(std::string_view name, std::string_view value);

    std::string m_line;
    ServerEvent m_event;
    std::uint64_t m_position = 0;
    bool m_any = false; // a field of the event was seen
    bool m_afterReturn = false;
    bool m_first = true;
};

} // namespace podglass::content
