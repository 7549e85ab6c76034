// SPDX-License-Identifier: Apache-2.0
// The PROXY header on any bytes: its length lies within them and its limit, and an answer once
// given does not change when more bytes follow.
#include "core/base/limits.h"
#include "core/parse/proxy_header.h"

#include <cstdlib>

using namespace podglass;
using State = parse::ProxyHeaderRead::State;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const bytes::ByteView whole(data, size);
    const parse::ProxyHeaderRead read = parse::readProxyHeader(whole);
    if (read.state == State::Complete)
        require(read.header.bytes > 0 && read.header.bytes <= size
                && read.header.bytes <= limits::proxyHeaderBytes);
    require(read.state == State::Complete || !read.header.known);
    for (std::size_t cut = 0; cut < std::min<std::size_t>(size, 300); ++cut) {
        const parse::ProxyHeaderRead part = parse::readProxyHeader(whole.first(cut));
        if (part.state == State::Incomplete)
            continue;
        require(part.state == read.state);
        require(part.header.bytes == read.header.bytes && part.header.source == read.header.source);
    }
    return 0;
}
