// SPDX-License-Identifier: Apache-2.0
// Reader: the packets of one capture format, from an Input. FileSource chooses the reader.
// Contract of next(): packets in file order; empty at the end; an Error when the file is damaged
// or cut there, with everything before it given already. Bytes are valid until the next call.
#pragma once

#include "core/base/result.h"
#include "core/files/file_packet.h"
#include "core/files/input.h"

#include <optional>
#include <vector>

namespace podglass::files {

class Reader
{
public:
    Reader() = default;
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    virtual ~Reader() = default;

    virtual base::Result<std::optional<FilePacket>> next() = 0;
    [[nodiscard]] virtual const std::vector<FileInterface>& interfaces() const = 0;

    // Packets of interfaces whose link type is not decoded; they are passed over.
    [[nodiscard]] virtual std::uint64_t packetsNotDecoded() const { return 0; }

    // Of the whole file (pcapng), in the order they came.
    [[nodiscard]] virtual std::string comment() const { return {}; }

    [[nodiscard]] virtual const Input& input() const = 0;
};

// `start`: the first four bytes, which the reader has not to read again. Refuses link types that
// are not decoded where the file has no others.
base::Result<std::unique_ptr<Reader>> openPcap(Input input, std::uint32_t magic);
base::Result<std::unique_ptr<Reader>> openPcapng(Input input);

// Link types are refused in the same words everywhere.
base::Error linkTypeError(int link, const std::string& path);

} // namespace podglass::files
