// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <zlib.h>

namespace podglass::tests {

// `bits`: 31 gzip, 15 zlib, -15 raw.
inline std::string deflated(const std::string& text, int bits, int flush = Z_FINISH)
{
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, bits, 9, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, text.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, flush);
    out.resize(out.size() - stream.avail_out);
    deflateEnd(&stream);
    return out;
}

} // namespace podglass::tests
