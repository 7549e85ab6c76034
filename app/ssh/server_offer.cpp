// SPDX-License-Identifier: Apache-2.0
#include "app/ssh/server_offer.h"

#include "core/bytes/cursor.h"

#include <algorithm>

namespace podglass::ssh {

namespace {

constexpr std::size_t offerBytes = 16'384;
constexpr std::uint8_t kexInit = 20;

// Lines before the banner are allowed (RFC 4253 4.2).
std::size_t bannerBegin(const std::string& bytes)
{
    if (bytes.starts_with("SSH-"))
        return 0;
    const std::size_t found = bytes.find("\nSSH-");
    return found == std::string::npos ? found : found + 1;
}

} // namespace

void ServerOffer::feed(const char* bytes, std::size_t count)
{
    m_bytes.append(bytes, std::min(count, offerBytes - m_bytes.size()));
}

std::string ServerOffer::banner() const
{
    const std::size_t begin = bannerBegin(m_bytes);
    if (begin == std::string::npos)
        return {};
    std::string line = m_bytes.substr(begin, m_bytes.find_first_of("\r\n", begin) - begin);
    line.resize(std::min<std::size_t>(line.size(), 255));
    std::ranges::replace_if(
        line, [](char c) { return c < 0x20 || c > 0x7e; }, '?');
    return line;
}

std::vector<std::string> ServerOffer::hostKeyAlgorithms() const
{
    const std::size_t begin = bannerBegin(m_bytes);
    const std::size_t end = m_bytes.find('\n', std::min(begin, m_bytes.size()));
    if (begin == std::string::npos || end == std::string::npos)
        return {};
    bytes::BigReader reader(bytes::asBytes(m_bytes).subspan(end + 1));
    reader.view(5); // packet length, padding length
    if (reader.number<std::uint8_t>() != kexInit)
        return {};
    reader.view(16); // cookie
    reader.view(reader.number<std::uint32_t>());
    std::string_view list = bytes::asText(reader.view(reader.number<std::uint32_t>()));
    std::vector<std::string> names;
    while (!list.empty() && !reader.failed()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        names.emplace_back(list.substr(0, comma));
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return names;
}

} // namespace podglass::ssh
