// SPDX-License-Identifier: Apache-2.0
#include "core/content/inflate_messages.h"

#include "core/base/limits.h"

#include <algorithm>
#include <array>
#include <limits>
#include <zlib.h>

namespace podglass::content {

struct MessageInflater::Stream
{
    Stream()
    {
        constexpr int rawWindow = -15;
        good = inflateInit2(&zlib, rawWindow) == Z_OK;
    }

    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    ~Stream()
    {
        if (good)
            inflateEnd(&zlib);
    }

    // Counts into `total`; false: damaged or too much.
    bool feed(bytes::ByteView in, std::size_t limit, std::size_t& total, std::string& out)
    {
        std::array<std::uint8_t, 16'384> room{};
        zlib.next_in = const_cast<Bytef*>(in.data()); // NOLINT: zlib reads it only
        zlib.avail_in = static_cast<uInt>(in.size());
        for (;;) {
            zlib.next_out = room.data();
            zlib.avail_out = room.size();
            const int result = ::inflate(&zlib, Z_SYNC_FLUSH);
            const std::size_t written = room.size() - zlib.avail_out;
            const std::size_t kept = std::min(written, limit - std::min(limit, out.size()));
            out.append(bytes::asText(bytes::ByteView(room).first(kept)));
            total += written;
            if (total > limits::decodedBytes)
                return false;
            if (result == Z_STREAM_END) // RFC 7692 7.2.3.4: a block with BFINAL may end a message
                return inflateReset(&zlib) == Z_OK;
            if (result == Z_BUF_ERROR
                || (result == Z_OK && zlib.avail_in == 0 && zlib.avail_out != 0))
                return true;
            if (result != Z_OK)
                return false;
        }
    }

    z_stream zlib{};
    bool good = false;
};

MessageInflater::MessageInflater(bool contextTakeover)
    : m_takeover(contextTakeover)
{}

MessageInflater::~MessageInflater() = default;

bool MessageInflater::inflate(bytes::ByteView message, std::size_t limit, std::string& out)
{
    out.clear();
    if (m_lost)
        return false;
    if (!m_stream || !m_takeover)
        m_stream = std::make_unique<Stream>();
    constexpr std::array<std::uint8_t, 4> tail{0, 0, 0xff, 0xff}; // 7.2.2
    std::size_t total = 0;
    const bool whole = message.size() <= std::numeric_limits<uInt>::max() && m_stream->good
                       && m_stream->feed(message, limit, total, out)
                       && m_stream->feed(tail, limit, total, out);
    if (!whole)
        lose();
    return whole;
}

void MessageInflater::lose()
{
    m_stream.reset();
    m_lost = m_takeover;
}

DeflateAgreement readDeflateAgreement(std::string_view extensions)
{
    DeflateAgreement agreement;
    const std::size_t begin = extensions.find("permessage-deflate");
    if (begin == std::string_view::npos)
        return agreement;
    const std::string_view ours = extensions.substr(begin, extensions.find(',', begin) - begin);
    agreement.agreed = true;
    agreement.clientTakeover = ours.find("client_no_context_takeover") == std::string_view::npos;
    agreement.serverTakeover = ours.find("server_no_context_takeover") == std::string_view::npos;
    return agreement;
}

} // namespace podglass::content
