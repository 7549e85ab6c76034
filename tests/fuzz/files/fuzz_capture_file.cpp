// SPDX-License-Identifier: Apache-2.0
// Any bytes as a capture file. What must hold: packets lie within what the file can hold, a link
// type that is decoded, no more packets than bytes, and an end.
#include "core/base/limits.h"
#include "core/capture/link_type.h"
#include "core/files/file_source.h"

#include <cstdio>
#include <cstdlib>

#include <sys/mman.h>
#include <unistd.h>

using namespace podglass;

namespace {

void require(bool holds, const char* what)
{
    if (holds)
        return;
    std::fprintf(stderr, "violated: %s\n", what);
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const int file = ::memfd_create("capture", MFD_CLOEXEC);
    if (::ftruncate(file, 0) != 0 || ::pwrite(file, data, size, 0) != static_cast<ssize_t>(size))
        return 0;
    auto source = files::FileSource::open("/proc/self/fd/" + std::to_string(file));
    if (!source)
        return 0;
    std::uint64_t sum = 0;
    // A small compressed file may expand to very much: enough is enough.
    constexpr std::uint64_t enough = 100'000;
    while (source->packetsRead() < enough) {
        const auto packet = source->next();
        if (!packet || !packet->has_value())
            break;
        const files::FilePacket& got = **packet;
        require(got.bytes.size() <= limits::captureBlockBytes, "a packet fits into a block");
        require(got.wireLength >= got.bytes.size(), "no packet is longer than on the wire");
        require(capture::linkTypeOf(static_cast<int>(got.link)).has_value(), "it can be decoded");
        require(got.interface < std::max<std::size_t>(source->interfaces().size(), 1),
                "its interface is known");
        for (const std::uint8_t byte : got.bytes)
            sum += byte;
    }
    require(sum <= enough * limits::captureBlockBytes * UINT8_MAX, "the bytes are there");
    return 0;
}
