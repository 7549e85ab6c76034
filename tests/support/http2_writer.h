// SPDX-License-Identifier: Apache-2.0
// Http2Writer: one direction of an HTTP/2 connection, written frame by frame, headers compressed by
// nghttp2's deflater.
#pragma once

#include "core/bytes/view.h"

#include <nghttp2/nghttp2.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace podglass::support {

using Http2Fields = std::vector<std::pair<std::string, std::string>>;

class Http2Writer
{
public:
    static constexpr std::uint8_t endStream = 1;
    static constexpr std::uint8_t endHeaders = 4;
    static constexpr std::uint8_t padded = 8;
    static constexpr std::uint8_t priority = 0x20;

    explicit Http2Writer(std::size_t tableBytes = 4'096)
    {
        nghttp2_hd_deflate_new(&m_deflater, tableBytes);
    }

    Http2Writer(const Http2Writer&) = delete;
    Http2Writer& operator=(const Http2Writer&) = delete;

    ~Http2Writer() { nghttp2_hd_deflate_del(m_deflater); }

    void tableSize(std::size_t bytes) { nghttp2_hd_deflate_change_table_size(m_deflater, bytes); }

    static std::string preface() { return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"; }

    static std::string number(std::uint32_t value, int count = 4)
    {
        std::string text;
        for (int i = count - 1; i >= 0; --i)
            text += static_cast<char>(value >> (8 * i) & 0xff);
        return text;
    }

    static std::string frame(int type, int flags, std::uint32_t stream, std::string_view payload)
    {
        return number(static_cast<std::uint32_t>(payload.size()), 3) + static_cast<char>(type)
               + static_cast<char>(flags) + number(stream) + std::string(payload);
    }

    static std::string settings(std::string_view entries = {}) { return frame(4, 0, 0, entries); }

    static std::string settingsAck() { return frame(4, 1, 0, {}); }

    static std::string data(std::uint32_t stream, std::string_view bytes, bool last = false)
    {
        return frame(0, last ? 1 : 0, stream, bytes);
    }

    static std::string reset(std::uint32_t stream, std::uint32_t code)
    {
        return frame(3, 0, stream, number(code));
    }

    static std::string goAway(std::uint32_t last, std::uint32_t code)
    {
        return frame(7, 0, 0, number(last) + number(code));
    }

    std::string block(const Http2Fields& fields)
    {
        std::vector<nghttp2_nv> list;
        for (const auto& [name, value] : fields)
            list.push_back({const_cast<std::uint8_t*>(bytes::asBytes(name).data()),
                            const_cast<std::uint8_t*>(bytes::asBytes(value).data()),
                            name.size(),
                            value.size(),
                            NGHTTP2_NV_FLAG_NONE});
        std::string out(nghttp2_hd_deflate_bound(m_deflater, list.data(), list.size()), '\0');
        const auto size = nghttp2_hd_deflate_hd(m_deflater,
                                                reinterpret_cast<std::uint8_t*>(out.data()),
                                                out.size(),
                                                list.data(),
                                                list.size());
        out.resize(static_cast<std::size_t>(size));
        return out;
    }

    std::string headers(std::uint32_t stream, const Http2Fields& fields, bool last = false)
    {
        return frame(1, endHeaders | (last ? endStream : 0), stream, block(fields));
    }

    std::string get(std::uint32_t stream, const std::string& path, Http2Fields more = {})
    {
        return request(stream, "GET", path, std::move(more), true);
    }

    std::string request(std::uint32_t stream,
                        const std::string& method,
                        const std::string& path,
                        Http2Fields more = {},
                        bool last = false)
    {
        more.insert(
            more.begin(),
            {{":method", method}, {":scheme", "http"}, {":path", path}, {":authority", "a"}});
        return headers(stream, more, last);
    }

    std::string response(std::uint32_t stream,
                         const std::string& status,
                         Http2Fields more = {},
                         bool last = false)
    {
        more.insert(more.begin(), {":status", status});
        return headers(stream, more, last);
    }

private:
    nghttp2_hd_deflater* m_deflater = nullptr;
};

} // namespace podglass::support
