// SPDX-License-Identifier: Apache-2.0
#include "core/content/server_events.h"

#include "core/base/limits.h"

#include <utility>

namespace podglass::content {

void ServerEvents::feed(bytes::ByteView data, const std::function<void(const ServerEvent&)>& found)
{
    for (const std::uint8_t byte : data) {
        ++m_position;
        const char c = static_cast<char>(byte);
        const bool pair = std::exchange(m_afterReturn, c == '\r') && c == '\n';
        if (pair) {
            m_event.begin += !m_any && m_line.empty() ? 1U : 0U;
            continue;
        }
        if (c == '\r' || c == '\n')
            line(found);
        else if (m_line.size() < limits::messageViewBytes)
            m_line += c;
        else
            m_event.cut = true;
    }
}

void ServerEvents::line(const std::function<void(const ServerEvent&)>& found)
{
    if (std::exchange(m_first, false) && m_line.starts_with("\xef\xbb\xbf"))
        m_line.erase(0, 3);
    const std::string text = std::exchange(m_line, {});
    if (!text.empty()) {
        const std::size_t colon = text.find(':');
        std::string_view value = colon == std::string::npos
                                     ? std::string_view()
                                     : std::string_view(text).substr(colon + 1);
        if (value.starts_with(' '))
            value.remove_prefix(1);
        if (colon == 0 && !m_any) { // a comment between events
            ServerEvent comment;
            comment.comment = true;
            comment.data = value;
            comment.begin = m_event.begin;
            comment.end = m_position;
            found(comment);
            m_event.begin = m_position;
        } else if (colon != 0) {
            field(std::string_view(text).substr(0, colon), value);
        }
        return;
    }
    m_event.end = m_position;
    if (m_any) {
        if (m_event.data.ends_with('\n'))
            m_event.data.pop_back();
        found(m_event);
    }
    m_event = {};
    m_event.begin = m_position;
    m_any = false;
}

void ServerEvents::field(std::string_view name, std::string_view value)
{
    m_any = true;
    if (name == "data") {
        const bool fits = m_event.data.size() + value.size() < limits::messageViewBytes;
        m_event.cut = m_event.cut || !fits;
        if (fits)
            m_event.data.append(value).append(1, '\n');
    } else if (name == "event") {
        m_event.type = value;
    } else if (name == "id" && value.find('\0') == std::string_view::npos) {
        m_event.id = value;
    }
}

} // namespace podglass::content
